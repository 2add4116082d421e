import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import type { ImageRow } from '../../engine/image-row.ts';
import type { EngineError } from '../../engine/engine-error.ts';
import { ALL_IMAGES, type Marks } from './marks.ts';

/** Pauses after a list that failed, in milliseconds. */
const RETRY_MS = 500;

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

  function pump(): void {
    if (isListing || closing.signal.aborted) return;
    if (!isWanted && !marks.whole.has(ALL_IMAGES)) return;
    isListing = true;
    isWanted = false;
    void list();
  }

  async function list(): Promise<void> {
    const sentAt = marks.send();
    const startedAt = performance.now();
    try {
      const rows = await engine.listImages(closing.signal);
      lastMs = performance.now() - startedAt;
      // To read the end of a long list and to take all of it in would be one long stall.
      await nextTurn();
      if (!closing.signal.aborted) onList(rows, sentAt);
    } catch (error) {
      if (closing.signal.aborted) return;
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
    close: () => closing.abort(new Error('the index is closed')),
  };
}
