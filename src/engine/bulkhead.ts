import { onAbort } from '../on-abort.ts';
import { createWaitingLine } from './waiting-line.ts';

/** Does so many things at once; what comes then waits for its turn. */
export interface Bulkhead {
  /**
   * @param signal ends the waiting; work that has begun ends by itself
   * @throws the signal's reason; an error of which isRefused is true when too many wait
   */
  run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

/** @param most how many may wait; further ones are refused at once */
export function createBulkhead(atOnce: number, most = Infinity): Bulkhead {
  const line = createWaitingLine<() => void>();
  let running = 0;

  /** Whoever leaves the line makes room in it at once. */
  function turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      let stopHearing = (): void => {};
      const leaveLine = line.join(() => {
        stopHearing();
        resolve();
      });
      if (signal === undefined) return;
      stopHearing = onAbort(signal, () => {
        leaveLine();
        reject(signal.reason as Error);
      });
    });
  }

  return {
    async run(work, signal) {
      signal?.throwIfAborted();
      if (running < atOnce) running++;
      else if (line.length() < most) await turn(signal);
      else throw new Refusal();
      try {
        // They may have left between being called and coming.
        signal?.throwIfAborted();
        return await work();
      } finally {
        // A place is handed on: whoever comes meanwhile does not get before those who wait.
        const next = line.call();
        if (next === undefined) running--;
        else next();
      }
    },
  };
}

class Refusal extends Error {
  constructor() {
    super('too many wait');
  }
}

/** Whether something was not done because too much was waiting. */
export function isRefused(error: unknown): boolean {
  return error instanceof Refusal;
}
