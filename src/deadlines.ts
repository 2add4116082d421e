import { setMaxListeners } from 'node:events';

/** Gives one signal after the other, of which only the last has a deadline that is still counted. */
export type Deadlines = () => AbortSignal;

/**
 * Deadlines for a long series of short tasks, such as the events of one subscription. AbortSignal.any and
 * AbortSignal.timeout would leave something behind for each (measured: 16 MB after 200,000 on Node 20).
 * @param signal ends all of them
 */
export function createDeadlines(signal: AbortSignal, milliseconds: number): Deadlines {
  let controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  return () => {
    clearTimeout(timer);
    const fresh = new AbortController();
    setMaxListeners(0, fresh.signal);
    controller = fresh;
    if (signal.aborted) fresh.abort(signal.reason);
    const outOfTime = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    timer = setTimeout(() => fresh.abort(outOfTime), milliseconds).unref();
    return fresh.signal;
  };
}
