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
 * Works in a turn of the event loop that has time left: all long work of the process shares one turn, so that thirty
 * pieces of it hold up the loop for no longer than one.
 */
export async function inTurn<Result>(work: () => Result): Promise<Result> {
  // Whoever has used up a turn stands at the end of the queue.
  await Promise.resolve();
  while (isTurnOver()) {
    next ??= beginNext();
    await next;
  }
  return work();
}

/** Waits for such a turn. */
export function turn(): Promise<void> {
  return inTurn(() => {});
}

async function beginNext(): Promise<void> {
  await nextTurn();
  next = null;
  began = performance.now();
}
