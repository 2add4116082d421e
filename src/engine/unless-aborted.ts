import { setMaxListeners } from 'node:events';

/** What something gives, unless a signal is aborted before. @throws the signal's reason */
export function unlessAborted<Result>(
  result: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    // Any number of those who wait may have one signal.
    setMaxListeners(0, signal);
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
