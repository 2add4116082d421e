import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';

/**
 * Ends an operation at once whose answer has too many rows: its other fields, which may be hundreds of thousands,
 * would take seconds to fail one by one. An event of a subscription fails by itself and leaves the next ones.
 */
export function useRowLimit(): Plugin<Context> {
  return {
    onExecute({ args }) {
      const { signal } = args as { signal?: AbortSignal };
      const { excess } = args.contextValue;
      Object.assign(args, { signal: signal ? eitherOf(signal, excess) : excess });
    },
  };
}

/**
 * Not AbortSignal.any: the executor never takes its listener away, and Node keeps each signal that any made for as long
 * as it has a listener.
 */
function eitherOf(...signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    const abort = (): void => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
  return controller.signal;
}
