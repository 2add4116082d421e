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
      Object.assign(args, { signal: signal ? AbortSignal.any([signal, excess]) : excess });
    },
  };
}
