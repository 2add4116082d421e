import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import type { ImageRow } from '../../engine/image-row.ts';
import { markNamed } from './event-marks.ts';
import type { ImageTable } from './image-table.ts';
import { ALL_IMAGES, type Marks } from './marks.ts';
import { createSecondLook } from './second-look.ts';

/** Reads that run at once; further marks wait, so that queries of the engine keep a place. */
const PARALLEL_READS = 4;
/** Above so many marks, one list may be cheaper. */
const MANY_MARKS = 64;
const RETRY_MS = 250;

/** Reads marked images one by one, where that is cheaper than a list. */
export interface ImageReader {
  /** Looks whether there is something to read. Never waits. */
  pump(): void;
  /** Reads that ended so far. */
  reads(): number;
  close(): void;
}

/** What is read into, and who is told of it. */
export interface ImageReaderOptions {
  readonly engine: Engine;
  readonly marks: Marks;
  readonly table: ImageTable;
  /** Whether single images may be read; null while that is being found out. */
  readonly isAllowed: () => boolean | null;
  /** How long a list takes, in milliseconds. */
  readonly listMs: () => number;
  /** What a read has shown is in the table, and its mark is gone. */
  readonly onRead: () => void;
  /** Images whose names changed, doubtful in their containers from that event on. */
  readonly onRenamed: (ids: ReadonlySet<string>, since: number) => void;
}

/** Nothing is read before the first `pump`. */
export function createImageReader(options: ImageReaderOptions): ImageReader {
  const { engine, marks, table } = options;
  const closing = new AbortController();
  const reading = new Set<string>();
  const failures = new Map<string, number>();
  /** IDs that are looked at once more, without anyone waiting for it. */
  const looks = new Set<string>();
  const secondLook = createSecondLook((id) => {
    looks.add(id);
    pump();
  });
  let reads = 0;
  let averageMs = 0;

  function pump(): void {
    if (closing.signal.aborted || marks.images.size + looks.size === 0) return;
    const isAllowed = options.isAllowed();
    if (isAllowed === null) return;
    // Nobody waits for a second look: where only lists tell, it is left to the next one.
    if (!isAllowed) looks.clear();
    if (marks.images.size + looks.size === 0) return;
    if (!isAllowed || isListCheaper()) return giveToList([...marks.images.keys()]);
    // Not copied: each event leads here, however much is marked.
    for (const keys of [marks.images.keys(), looks]) {
      for (const key of keys) {
        if (reading.size >= PARALLEL_READS) return;
        if (!reading.has(key)) void read(key);
      }
    }
  }

  function isListCheaper(): boolean {
    const { size } = marks.images;
    return size > MANY_MARKS && (size * averageMs) / PARALLEL_READS > options.listMs();
  }

  function giveToList(keys: readonly string[]): void {
    for (const key of keys) {
      marks.whole.add(ALL_IMAGES, marks.images.since(key));
      marks.images.clear(key, marks.seq);
    }
    options.onRead();
  }

  async function read(key: string): Promise<void> {
    const sentAt = marks.send();
    const startedAt = performance.now();
    reading.add(key);
    const isLook = looks.delete(key) && !marks.images.has(key);
    try {
      const row = await engine.readImage(key, closing.signal);
      averageMs = averageMs * 0.8 + (performance.now() - startedAt) * 0.2;
      failures.delete(key);
      reads++;
      apply(key, row, sentAt);
    } catch {
      if (isLook) looks.add(key);
      await failed(key);
    } finally {
      reading.delete(key);
      pump();
    }
  }

  /** A key is an image ID, or a reference; of one that is gone its former owner has to tell. */
  function apply(key: string, row: ImageRow | null, sentAt: number): void {
    const since = marks.images.since(key);
    marks.images.clear(key, sentAt);
    if (row === null && !key.startsWith('sha256:')) {
      const owner = table.ownerOf(key);
      if (owner !== null) marks.images.add(owner, since);
    } else {
      // Docker 28.5 announces a pull before it keeps the image that lost its only name to it.
      const isFinal = row === null ? marks.deleted.has(key) : isUnpacked(row);
      if (isFinal) secondLook.stop(row?.id ?? key);
      else secondLook.goOn(row?.id ?? key);
      marks.deleted.delete(key);
      const consequences = row === null ? table.remove(key, sentAt) : table.put(row, sentAt);
      for (const id of consequences?.images ?? []) marks.images.add(id, since);
      if (row !== null) markNamed(marks, row, sentAt);
      if (consequences !== null) options.onRenamed(consequences.renamed, since);
    }
    options.onRead();
  }

  /** The cause is in the engine's own status; twice in a row, and a list has to tell. */
  async function failed(key: string): Promise<void> {
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    if (count >= 2 && !closing.signal.aborted) {
      failures.delete(key);
      giveToList([key]);
    } else await sleep(RETRY_MS, undefined, { signal: closing.signal, ref: false }).catch(() => {});
  }

  return {
    pump,
    reads: () => reads,
    close() {
      secondLook.close();
      closing.abort(new Error('the index is closed'));
    },
  };
}

/** Whether all that the image shows of its size is there: an index of nothing, or one that was unpacked. */
function isUnpacked({ manifests }: ImageRow): boolean {
  if (manifests === null || manifests.length === 0) return true;
  return manifests.some(({ unpackedSize }) => (unpackedSize ?? 0) > 0);
}
