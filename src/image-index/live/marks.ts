import { createNamings, type Namings } from './namings.ts';

/** The first and the last event after which a thing has to be read again. */
interface Mark {
  first: number;
  last: number;
}

/** The marks of one kind of thing, by its key. */
export interface MarkSet {
  /**
   * It has to be read again because of everything that has happened so far.
   * @param since the event from which on it is doubtful, when that was found out only now; while it is
   * unknown whether events were missed, what is heard may have happened ever since
   */
  add(key: string, since?: number): void;
  has(key: string): boolean;
  /** The event from which on it is doubtful; seq for what is not marked. */
  since(key: string): number;
  /** Whatever was sent at `sentAt` has told how it is; a mark that came later stays. */
  clear(key: string, sentAt: number): void;
  /** As clear, for every key. */
  clearAll(sentAt: number): void;
  keys(): IterableIterator<string>;
  readonly size: number;
}

/**
 * What the index has heard of and not yet looked at. Time is counted in events and in reads that were sent:
 * `seq` grows with each, a read bears the seq at which it was sent, and settles only what was marked up to
 * then. What one read makes doubtful is not settled by another that was under way.
 */
export interface Marks {
  readonly seq: number;
  /** How often something was heard of. */
  readonly heard: number;
  /** Something was heard of. */
  advance(): number;
  /** A read is sent now. @returns when that is */
  send(): number;
  /** Image IDs, and canonical references where the engine gave no ID. */
  readonly images: MarkSet;
  readonly containers: MarkSet;
  /** Marked images that the engine itself calls deleted. */
  readonly deleted: Set<string>;
  /** Names that events were about. */
  readonly namings: Namings;
  /** Full lists, and the stream of events itself: under fixed keys. */
  readonly whole: MarkSet;
  /** The last event such that it and all before it are settled. */
  asOf(): number;
}

/** Key of `whole`: a list of all images is due. */
export const ALL_IMAGES = 'images';
/** Key of `whole`: a list of all containers is due. */
export const ALL_CONTAINERS = 'containers';
/** Key of `whole`: it is not known whether events were missed. */
export const STREAM = 'stream';

/** Nothing was heard of yet. */
export function createMarks(): Marks {
  let seq = 0;
  let heard = 0;
  const now = (): number => seq;
  const heardSince = (): number => whole.since(STREAM);
  const whole = createMarkSet(now, heardSince);
  const [images, containers] = [createMarkSet(now, heardSince), createMarkSet(now, heardSince)];
  return {
    get seq() {
      return seq;
    },
    get heard() {
      return heard;
    },
    advance() {
      heard++;
      return ++seq;
    },
    send: () => seq++,
    images,
    containers,
    deleted: new Set(),
    namings: createNamings(),
    whole,
    asOf: () => Math.min(images.oldest() - 1, containers.oldest() - 1, whole.oldest() - 1, seq),
  };
}

function createMarkSet(
  now: () => number,
  heardSince: () => number,
): MarkSet & { oldest(): number } {
  const marks = new Map<string, Mark>();
  /** Kept, as every event asks for it; null once the mark that was the oldest has changed. */
  let oldest: number | null = Infinity;

  function clear(key: string, sentAt: number): void {
    const mark = marks.get(key);
    if (mark === undefined || mark.first > sentAt) return;
    if (mark.first === oldest) oldest = null;
    if (mark.last <= sentAt) marks.delete(key);
    // Of what came in between only the last is known, so that the rest counts from the read on.
    else mark.first = sentAt + 1;
  }

  return {
    add(key, since = heardSince()) {
      const first = Math.min(marks.get(key)?.first ?? Infinity, since);
      marks.set(key, { first, last: now() });
      if (oldest !== null) oldest = Math.min(oldest, first);
    },
    has: (key) => marks.has(key),
    since: (key) => marks.get(key)?.first ?? now(),
    clear,
    clearAll: (sentAt) => [...marks.keys()].forEach((key) => clear(key, sentAt)),
    keys: () => marks.keys(),
    get size() {
      return marks.size;
    },
    oldest() {
      if (oldest !== null) return oldest;
      oldest = Infinity;
      for (const { first } of marks.values()) oldest = Math.min(oldest, first);
      return oldest;
    },
  };
}
