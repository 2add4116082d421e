import { setMaxListeners } from 'node:events';
import { onAbort } from './on-abort.ts';

/** Gives one signal after the other, of which only the last has a deadline that is still counted. */
export type Deadlines = () => AbortSignal;

/**
 * Deadlines for an operation, or for a series of short tasks such as the events of one subscription. AbortSignal.any
 * would lose them: on Node 20 nothing holds the AbortSignal.timeout that it was made of, so that a garbage
 * collection ends the deadline instead of the task; and it leaves something behind for each (16 MB after 200,000).
 * @param signal ends all of them
 */
export function createDeadlines(signal: AbortSignal, milliseconds: number): Deadlines {
  let controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  return () => {
    clearTimeout(timer);
    const fresh = new AbortController();
    // Each read that is under way listens, and an operation may have a thousand of them.
    setMaxListeners(0, fresh.signal);
    controller = fresh;
    if (signal.aborted) fresh.abort(signal.reason);
    timer = abortAfter(fresh, milliseconds);
    return fresh.signal;
  };
}

/** A controller lives for as long as its signal does, and no longer. */
const controllers = new WeakMap<AbortSignal, AbortController>();

/** The timer of a task that is over long before must not keep what listened to its signal. */
function abortAfter(controller: AbortController, milliseconds: number): NodeJS.Timeout {
  controllers.set(controller.signal, controller);
  const weak = new WeakRef(controller);
  const expire = (): void =>
    weak
      .deref()
      ?.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  return setTimeout(expire, milliseconds).unref();
}

/** How long fields have to say that their engine took too long, in milliseconds, before all of it is ended. */
const GRACE_MS = 250;

/** Gives the signal that ends the work on what is read under a deadline; only the last one is ended by an excess. */
export type WorkEnds = (reads: AbortSignal) => AbortSignal;

/**
 * Ends work with what it comes from, but a little later where the time is up: an answer that lacks what an engine
 * was too slow for is better than none.
 * @param excess ends it at once @param outOfTime makes the error of work that goes on beyond that
 */
export function createWorkEnds(excess: AbortSignal, outOfTime: () => Error): WorkEnds {
  let controller = new AbortController();
  // Not while an interpreter goes through the fields of an object: it would forget those that it waits for
  // (graphql-tools' executor 2, when what is thrown is the signal's reason).
  onAbort(excess, () => queueMicrotask(() => controller.abort(excess.reason)));
  return (reads) => {
    const fresh = new AbortController();
    setMaxListeners(0, fresh.signal);
    controller = fresh;
    onAbort(reads, () => {
      if ((reads.reason as Error | undefined)?.name !== 'TimeoutError') fresh.abort(reads.reason);
      else setTimeout(() => fresh.abort(outOfTime()), GRACE_MS).unref();
    });
    return fresh.signal;
  };
}
