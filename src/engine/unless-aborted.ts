import { onAbort } from '../on-abort.ts';

/** What something gives, unless a signal is aborted before. @throws the signal's reason */
export function unlessAborted<Result>(
  result: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, () => reject(signal.reason as Error));
    result.then(resolve, reject).finally(stop);
  });
}
