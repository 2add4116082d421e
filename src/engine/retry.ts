import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './engine-error.ts';

/** Between two tries, in milliseconds: not all that failed together shall come back together. */
const PAUSE_MS = { least: 50, most: 150 };
/** So many calls may be made once more at first, and one for every ten calls after that. */
const BUDGET = 10;
const EARNED_BY_A_CALL = 0.1;
/** A connection that ended, not one that could not be made: the engine is there, or was just restarted. */
const ENDED: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);
const UNAVAILABLE_FOR_NOW = 503;

/** Makes a call, and once more where that may help. */
export type Retry = <Result>(
  call: (attempt: number) => Promise<Result>,
  signal: AbortSignal,
) => Promise<Result>;

/**
 * For calls that change nothing. They are made once more when their connection ends, also halfway through the
 * answer, and after 503; never for being late, and not while one in ten calls fails already.
 */
export function createRetry(): Retry {
  let budget = BUDGET;
  return async (call, signal) => {
    budget = Math.min(BUDGET, budget + EARNED_BY_A_CALL);
    try {
      return await call(1);
    } catch (error) {
      if (signal.aborted || budget < 1 || !isPassing(error)) throw error;
      budget--;
    }
    const pause = PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least);
    await sleep(pause, undefined, { signal });
    return call(2);
  };
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof EngineError)) return false;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return ENDED.has(code) || error.status === UNAVAILABLE_FOR_NOW;
}
