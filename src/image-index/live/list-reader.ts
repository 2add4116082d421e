import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import type { ImageRow } from '../../engine/image-row.ts';
import type { EngineError } from '../../engine/engine-error.ts';
import { ALL_IMAGES, type Marks } from './marks.ts';

/** Pauses after a list that failed, in milliseconds. */
const RETRY_MS = 500;
/** Lists that events ask for take at most so much of the time: an engine may announce something without end. */
const LIST_SHARE = 0.5;

/** When to list, and who is told of it. */
export interface ListReaderOptions {
  readonly engine: Engine;
  readonly marks: Marks;
  readonly onList: (rows: readonly ImageRow[], sentAt: number) => void;
  readonly onFailure: (error: EngineError) => void;
}

/** Lists all images when that is due; one list at a time, however long it takes. */
export interface ListReader {
  pump(): void;
  /** A list that nobody waits for: to find what no event told. */
  want(): void;
  /** How long the last one took, in milliseconds. */
  lastMs(): number;
  close(): void;
}

/** Nothing is listed before the first `pump` that finds a reason. */
export function createListReader({
  engine,
  marks,
  onList,
  onFailure,
}: ListReaderOptions): ListReader {
  const closing = new AbortController();
  let isListing = false;
  let isWanted = false;
  let lastMs = Infinity;
  /** Until when the lists that were due so far take their share of the time; the next may come earlier, by its own. */
  let paidUntil = -Infinity;
  let nextAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  function pump(): void {
    if (isListing || closing.signal.aborted) return;
    const isDue = marks.whole.has(ALL_IMAGES);
    if (!isWanted && !isDue) return;
    clearTimeout(timer);
    const pause = nextAt - performance.now();
    if (!isWanted && pause > 0) {
      timer = setTimeout(pump, pause).unref();
      return;
    }
    isListing = true;
    const wasWanted = isWanted;
    isWanted = false;
    void list(isDue, wasWanted);
  }

  /**
   * After a quiet time two lists follow each other at once: of two events that make one change, the second mostly
   * comes during the list for the first. Nobody waits longer than the last list took, whatever those before it did.
   */
  function pace(startedAt: number): void {
    paidUntil = Math.min(Math.max(paidUntil, startedAt), startedAt + lastMs) + lastMs / LIST_SHARE;
    nextAt = paidUntil - lastMs;
  }

  async function list(isDue: boolean, wasWanted: boolean): Promise<void> {
    const sentAt = marks.send();
    const startedAt = performance.now();
    try {
      const rows = await engine.listImages(closing.signal);
      lastMs = performance.now() - startedAt;
      if (isDue) pace(startedAt);
      if (!closing.signal.aborted) onList(rows, sentAt);
    } catch (error) {
      if (closing.signal.aborted) return;
      isWanted ||= wasWanted;
      onFailure(error as EngineError);
      await sleep(RETRY_MS, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    } finally {
      isListing = false;
      pump();
    }
  }

  return {
    pump,
    want() {
      isWanted = true;
      pump();
    },
    lastMs: () => lastMs,
    close() {
      clearTimeout(timer);
      closing.abort(new Error('the index is closed'));
    },
  };
}
