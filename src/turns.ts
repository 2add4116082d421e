import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long the event loop is held up at a time by what can stop in between, in milliseconds. */
const TURN_MS = 15;

let began = 0;
let next: Promise<void> | null = null;

/** Whether whoever goes through many things has to let others have their turn. Asked in between. */
export function isTurnOver(): boolean {
  return performance.now() - began > TURN_MS;
}

/**
 * Waits for a turn of the event loop that has time left: all long work of the process shares one turn, so that thirty
 * pieces of it hold up the loop for no longer than one.
 */
export async function turn(): Promise<void> {
  // Whoever has used up a turn stands at the end of the queue.
  await null;
  while (isTurnOver()) {
    await (next ??= nextTurn().then(() => {
      next = null;
      began = performance.now();
    }));
  }
}
