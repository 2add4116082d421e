/**
 * Shares one read among all who ask while it is under way. The read is aborted once every one of them has
 * gone; one whose own time ran out leaves it running, so that a list which takes longer than a query may
 * take is there for the next.
 */
export function createSingleFlight<Result>(
  read: (signal: AbortSignal) => Promise<Result>,
): (signal: AbortSignal) => Promise<Result> {
  let flight: { result: Promise<Result>; controller: AbortController; waiting: number } | null = null;

  function start() {
    const controller = new AbortController();
    const result = read(controller.signal).finally(() => {
      if (flight?.controller === controller) flight = null;
    });
    return { result, controller, waiting: 0 };
  }

  return async (signal) => {
    signal.throwIfAborted();
    const mine = (flight ??= start());
    mine.waiting++;
    const leave = () => {
      const timedOut = (signal.reason as Error | undefined)?.name === 'TimeoutError';
      if (timedOut) return;
      mine.waiting--;
      if (mine.waiting > 0) return;
      if (flight === mine) flight = null;
      mine.controller.abort(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([mine.result, rejectionOf(signal)]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };
}

/** Rejects with the signal's reason when it is aborted. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
