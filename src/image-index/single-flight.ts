/**
 * Shares one read among all who ask while it is under way. The read is aborted once every one of them has
 * gone; one whose own time ran out leaves it running, so that a list which takes longer than a query may
 * take is there for the next.
 * @param outOfTime makes the error for one whose time ran out
 */
export function createSingleFlight<Result>(
  read: (signal: AbortSignal) => Promise<Result>,
  outOfTime: () => Error,
): (signal: AbortSignal) => Promise<Result> {
  let flight: { result: Promise<Result>; controller: AbortController; waiting: number } | null =
    null;

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
      if (isTimeout(signal)) return;
      mine.waiting--;
      if (mine.waiting > 0) return;
      if (flight === mine) flight = null;
      mine.controller.abort(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([mine.result, rejectionOf(signal)]);
    } catch (error) {
      throw isTimeout(signal) ? outOfTime() : error;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };
}

function isTimeout({ reason }: AbortSignal): boolean {
  return (reason as Error | undefined)?.name === 'TimeoutError';
}

/** Rejects with the signal's reason when it is aborted. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
