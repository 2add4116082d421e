import { onAbort } from '../on-abort.ts';

/** A read may take so many times as long as the fastest of the last ones, and so long at least, before it is sent once more. */
const TIMES = 8;
const LAST_ONES = 5;
const LEAST_MS = 1_500;
/** The same while nobody knows how long it takes. */
const FIRST_MS = 60_000;

/** Makes a read, and a second one beside it when the first takes far longer than the last ones did. */
export type Hedge = <Result>(
  signal: AbortSignal,
  read: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/**
 * For reads without a deadline: an engine that has lost a request goes on to answer pings, so that nothing else would
 * tell. The first read stays, since a big store may just have become slow; the second is replaced again and again, so
 * that there are never more than two. The first answer is the result, or how the first read fails; how another fails says
 * nothing of the first, as when a proxy lets one list through at a time, so that the first has a minute to answer then.
 */
export function createHedge(): Hedge {
  const lastMs: number[] = [];
  return async (signal, read) => {
    const patienceMs =
      lastMs.length === 0 ? FIRST_MS : Math.max(LEAST_MS, TIMES * Math.min(...lastMs));
    const timed: typeof read = async (aborted) => {
      const sentAt = performance.now();
      const result = await read(aborted);
      lastMs.push(performance.now() - sentAt);
      if (lastMs.length > LAST_ONES) lastMs.shift();
      return result;
    };
    const over = new AbortController();
    const stopHearing = onAbort(signal, () => over.abort(signal.reason));
    try {
      return await Promise.race([timed(over.signal), again(patienceMs, over.signal, timed)]);
    } finally {
      stopHearing();
      over.abort(new Error('another read has settled first'));
    }
  };
}

/** Reads after each pause, the one before given up, until one of them has an answer, or fails after a minute. */
function again<Result>(
  pauseMs: number,
  over: AbortSignal,
  read: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    let latest = new AbortController();
    const timer = setInterval(() => {
      latest.abort(new Error('another read takes its place'));
      const mine = (latest = new AbortController());
      read(mine.signal).then(resolve, (error: Error) => {
        if (mine === latest && performance.now() - startedAt >= FIRST_MS) reject(error);
      });
    }, pauseMs);
    onAbort(over, () => {
      clearInterval(timer);
      latest.abort(over.reason);
    });
  });
}
