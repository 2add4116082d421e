import { onAbort } from '../../on-abort.ts';

/** Those who wait for something to become true, each with a time of its own. */
export interface WaitingRoom {
  /**
   * Resolves true once the condition holds, false after so many milliseconds.
   * @throws the signal's reason, or what `fail` was given
   */
  wait(condition: () => boolean, ms: number, signal: AbortSignal): Promise<boolean>;
  /**
   * Lets go everyone whose condition holds now, one each turn of the event loop: what an operation does next
   * may be long, and all of them at once would be a stall.
   */
  look(): void;
  /** Nobody needs to wait any longer: it cannot be had. */
  fail(error: Error): void;
}

interface Waiting {
  readonly condition: () => boolean;
  readonly settle: (outcome: boolean | Error) => void;
}

/** An empty room. */
export function createWaitingRoom(): WaitingRoom {
  const waiting = new Set<Waiting>();
  const leaving: Waiting[] = [];

  function letGo(): void {
    leaving.shift()?.settle(true);
    if (leaving.length > 0) setImmediate(letGo);
  }

  return {
    wait(condition, ms, signal) {
      if (condition()) return Promise.resolve(true);
      return new Promise((resolve, reject) => {
        let stopHearing = (): void => {};
        const timer = ms === Infinity ? undefined : setTimeout(() => settle(false), ms);
        const mine: Waiting = { condition, settle };
        function settle(outcome: boolean | Error): void {
          waiting.delete(mine);
          clearTimeout(timer);
          stopHearing();
          if (typeof outcome === 'boolean') resolve(outcome);
          else reject(outcome);
        }
        waiting.add(mine);
        stopHearing = onAbort(signal, () => settle(signal.reason as Error));
      });
    },
    look() {
      const isFirst = leaving.length === 0;
      for (const one of waiting) {
        if (!one.condition()) continue;
        waiting.delete(one);
        leaving.push(one);
      }
      if (isFirst && leaving.length > 0) setImmediate(letGo);
    },
    fail(error) {
      for (const { settle } of waiting) settle(error);
    },
  };
}
