import { setMaxListeners } from 'node:events';
import { onAbort } from './on-abort.ts';

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
    // One read may be of a thousand images, each of which listens.
    setMaxListeners(0, controller.signal);
    const result = read(controller.signal).finally(() => {
      if (flight?.controller === controller) flight = null;
    });
    return { result, controller, waiting: 0 };
  }

  return (signal) =>
    new Promise((resolve, reject) => {
      const failure = (): unknown => (isTimeout(signal) ? outOfTime() : signal.reason);
      if (signal.aborted) {
        reject(failure());
        return;
      }
      const mine = (flight ??= start());
      mine.waiting++;
      const leave = (): void => {
        reject(failure());
        if (isTimeout(signal)) return;
        mine.waiting--;
        if (mine.waiting > 0) return;
        if (flight === mine) flight = null;
        mine.controller.abort(signal.reason);
      };
      // A signal outlives its operation by its deadline: what it still listens for holds a whole list.
      const settled = onAbort(signal, leave);
      mine.result.then(resolve, reject).finally(settled);
    });
}

/** Shares reads by key among all who ask for the same meanwhile, as createSingleFlight does. */
export type SingleFlights<Result> = (
  key: string,
  signal: AbortSignal,
  read: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/** @param outOfTime makes the error for one whose time ran out */
export function createSingleFlights<Result>(outOfTime: () => Error): SingleFlights<Result> {
  const flights = new Map<string, (signal: AbortSignal) => Promise<Result>>();
  return (key, signal, read) => {
    const underWay = flights.get(key);
    if (underWay !== undefined) return underWay(signal);
    // One that was given up may end when the next has begun.
    let running = 0;
    const flight = createSingleFlight(async (signal) => {
      running++;
      try {
        return await read(signal);
      } finally {
        if (--running === 0 && flights.get(key) === flight) flights.delete(key);
      }
    }, outOfTime);
    // For one that has left already nothing is read.
    if (!signal.aborted) flights.set(key, flight);
    return flight(signal);
  };
}

function isTimeout({ reason }: AbortSignal): boolean {
  return (reason as Error | undefined)?.name === 'TimeoutError';
}
