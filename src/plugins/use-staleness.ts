import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';

/**
 * Says in `extensions.stale` which engines gave something older than a change that they had announced before
 * the operation came: their index could not read it within the 2 s that an operation waits for that.
 */
export function useStaleness(): Plugin<Context> {
  return {
    onExecute({ args }) {
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const stale = args.contextValue.loaders.staleEngines();
          if (stale.length === 0) return;
          const { extensions, ...rest } = result as ExecutionResult;
          setResult({ ...rest, extensions: { ...extensions, stale } });
        },
      };
    },
  };
}
