import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { EngineError } from '../engine/engine-error.ts';
import { createColumnExecutor, type Request } from '../execution/execute-by-column.ts';
import { writtenResult } from './written-result.ts';

/**
 * Executes queries column by column where that goes without an error, which is much faster. Everything
 * else is executed by Yoga's own executor, from the start and over the same reads: so what errors do to
 * an answer is decided in one place, and no query can fail because of this.
 */
export function useColumnExecution(): Plugin<Context> {
  const toAttempt = createColumnExecutor(isPassing, (context) => (context as Context).size);
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (request: Request) => {
        const { size, startOver } = request.contextValue as Context;
        size.begin();
        try {
          const attempt = toAttempt(request);
          if (attempt === null) return await executeFn(request);
          const json = await attempt().catch(() => null);
          if (json !== null) return writtenResult(json, size);
          request.signal?.throwIfAborted();
          startOver();
          return await executeFn(request);
        } finally {
          size.end();
        }
      });
    },
  };
}

/** An engine that is away comes back. */
function isPassing(error: unknown): boolean {
  return error instanceof EngineError;
}
