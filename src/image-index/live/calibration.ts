import { canReadOneImage } from '../../engine/inspect-versions.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineFacts } from '../../engine/engine-facts.ts';
import type { ImageRow } from '../../engine/image-row.ts';
import { isSameRow } from '../row-identity.ts';

/** Rows that are read by themselves after a list, to be compared with it. */
const SAMPLES = 8;
/** Disagreements in a row that are the engine's way; one may come from a change that nothing announced. */
const MANY_DISAGREEMENTS = 2;
/** How long nothing is compared after these, in milliseconds. */
const PAUSE_MS = 60_000;

/**
 * Whether images may be read one by one. Two ways of an engine to say the same thing may differ from one
 * release to the next; when they do, only lists are trusted, until a later one agrees again.
 */
export interface Calibration {
  /** Whether the engine can be asked for one image at all. */
  isPossible(): boolean;
  /** Null while it is being found out. */
  isTrusted(): boolean | null;
  start(facts: EngineFacts): void;
  /**
   * Compares some rows of a list with what the engine says of each; once a minute where it disagrees again and
   * again.
   * @param isCurrent whether nothing was heard of an image since, so that a difference means something
   */
  compare(rows: readonly ImageRow[], isCurrent: (row: ImageRow) => boolean): void;
}

/** @param onDecided what `isTrusted` says may have changed */
export function createCalibration(
  engine: Engine,
  signal: AbortSignal,
  onDecided: () => void,
): Calibration {
  let possible = false;
  let trusted: boolean | null = null;
  let disagreements = 0;
  let pausedUntil = -Infinity;

  function decide(agrees: boolean): void {
    trusted = agrees;
    disagreements = agrees ? 0 : disagreements + 1;
    if (disagreements >= MANY_DISAGREEMENTS) pausedUntil = performance.now() + PAUSE_MS;
  }

  async function agrees(row: ImageRow, isCurrent: (row: ImageRow) => boolean): Promise<boolean> {
    const own = await engine.readImage(row.id, signal);
    if (!isCurrent(row)) return true;
    // A list may miss the parent of an image with several names (image-table.ts).
    return own !== null && isSameRow(own, { ...row, parentId: row.parentId ?? own.parentId });
  }

  return {
    isPossible: () => possible,
    isTrusted: () => trusted,
    start(facts) {
      possible = canReadOneImage(facts);
      trusted = possible ? null : false;
      pausedUntil = -Infinity;
      disagreements = 0;
    },
    compare(rows, isCurrent) {
      if (!possible || performance.now() < pausedUntil) return;
      const step = Math.max(1, Math.floor(rows.length / SAMPLES));
      const samples = rows.filter((_, at) => at % step === 0).slice(0, SAMPLES);
      // Where it cannot be told it is not known to disagree: what is marked is read, and an error there
      // leads to a list.
      Promise.all(samples.map((row) => agrees(row, isCurrent)))
        .then((agree) => decide(agree.every(Boolean)))
        .catch(() => (trusted ??= true))
        .finally(onDecided);
    },
  };
}
