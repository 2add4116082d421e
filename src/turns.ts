import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long the event loop is held up at a time by what can stop in between, in milliseconds. */
const TURN_MS = 15;

/** When this turn of the event loop began, as far as anyone asked; null before. */
let began: number | null = null;

/**
 * Whether whoever goes through many things has to let others have their turn. All long work of the process shares one
 * turn, so that thirty pieces of it hold up the loop for no longer than one. Asked in between.
 */
export function isTurnOver(): boolean {
  if (began === null) {
    began = performance.now();
    setImmediate(() => (began = null));
  }
  return performance.now() - began > TURN_MS;
}

/**
 * Waits for a turn that has time left; whoever has used one up stands at the end of the queue.
 * @param signal ends the work that waits @throws its reason
 */
export async function turn(signal?: AbortSignal): Promise<void> {
  do {
    signal?.throwIfAborted();
    await nextTurn();
  } while (isTurnOver());
  signal?.throwIfAborted();
}

/** Works in a turn that has time left. @param signal ends the waiting @throws its reason */
export async function inTurn<Result>(work: () => Result, signal?: AbortSignal): Promise<Result> {
  // Others that came with it have their part of this turn first.
  await Promise.resolve();
  if (isTurnOver()) await turn(signal);
  signal?.throwIfAborted();
  return work();
}
