import { AsyncResource } from 'node:async_hooks';
import { bulkhead, isBulkheadRejectedError } from 'cockatiel';
import { unlessAborted } from './unless-aborted.ts';

/** Does so many things at once; what comes then waits for its turn. */
export interface Bulkhead {
  /**
   * @param signal ends the waiting, and with it the turn
   * @throws the signal's reason; an error of which isRefused is true when too many wait
   */
  run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

/** @param waiting how many may wait; further ones are refused at once */
export function createBulkhead(atOnce: number, waiting = Infinity): Bulkhead {
  const policy = bulkhead(atOnce, waiting);
  return {
    run(work, signal) {
      // What waits would otherwise go on in the asynchronous context of whoever makes room for it.
      const own = AsyncResource.bind(work);
      if (signal === undefined) return policy.execute(own);
      // cockatiel 3.2.1 forgets to call the next one after one whose signal is aborted: it is not given any.
      const turn = policy.execute(() => {
        signal.throwIfAborted();
        return own();
      });
      return unlessAborted(turn, signal);
    },
  };
}

/** Whether something was not done because too much was waiting. */
export const isRefused: (error: unknown) => boolean = isBulkheadRejectedError;
