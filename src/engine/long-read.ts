import { onAbort } from '../on-abort.ts';
import { EngineError } from './engine-error.ts';

/** How often an engine is pinged while it works on a long answer, in milliseconds. */
const SIGN_OF_LIFE_MS = 5_000;
/** While the engine works on a long list it may be slow to answer a ping, in milliseconds. */
const PATIENT_PING_MS = 5_000;
/** The longest that one read may take, in milliseconds. */
const LONGEST_READ_MS = 10 * 60_000;

/** A call of a long read has no deadline of its own, and waits for no place. */
export const UNHURRIED = { headTimeoutMs: null, lane: 'direct' } as const;

/**
 * Runs a read that may take minutes (the containerd store needs 6 s for a list of 1,000 images) without a
 * deadline of its own: it is given up when the engine leaves a ping unanswered, or after 10 minutes.
 * @throws EngineError ENGINE_TIMEOUT
 */
export type LongRead = <Result>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/** @param ping waits so many milliseconds for the head of an answer */
export function createLongRead(
  engine: string,
  ping: (signal: AbortSignal, headTimeoutMs: number) => Promise<void>,
): LongRead {
  return async (signal, run) => {
    const controller = new AbortController();
    const giveUp = (detail: string) =>
      controller.abort(new EngineError('ENGINE_TIMEOUT', engine, detail));
    const startedAt = performance.now();
    const look = () => {
      if (performance.now() - startedAt > LONGEST_READ_MS) giveUp('the read takes over 10 minutes');
      else ping(controller.signal, PATIENT_PING_MS).catch(() => giveUp(UNANSWERED));
    };
    const timer = setInterval(look, SIGN_OF_LIFE_MS);
    // Not AbortSignal.any, which would leave something behind in the signal of an index for each of its lists.
    const stopHearing = onAbort(signal, () => controller.abort(signal.reason));
    try {
      return await run(controller.signal);
    } finally {
      clearInterval(timer);
      stopHearing();
    }
  };
}

const UNANSWERED = 'no answer to a ping during a long read';
