import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { EngineError } from '../engine/engine-error.ts';
import { createColumnExecutor, type Request } from '../execution/execute-by-column.ts';

/**
 * Executes queries column by column where that goes without an error, which is much faster. Everything
 * else is executed by Yoga's own executor, from the start and over the same reads: so what errors do to
 * an answer is decided in one place, and no query can fail because of this.
 */
export function useColumnExecution(): Plugin<Context> {
  const toAttempt = createColumnExecutor(isPassing);
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (request: Request) => {
        const attempt = toAttempt(request);
        if (attempt === null) return executeFn(request);
        try {
          return toResult(await attempt());
        } catch {
          request.signal?.throwIfAborted();
          (request.contextValue as Context).startOver();
          return executeFn(request);
        }
      });
    },
  };
}

/** An engine that is away comes back. */
function isPassing(error: unknown): boolean {
  return error instanceof EngineError;
}

/**
 * Yoga's processors write what stringify says. Errors that stand beside the data, or extensions, are added
 * after it as JSON.stringify would.
 */
function toResult(json: string): ExecutionResult {
  const stringify = (final: ExecutionResult): string => {
    const beside = JSON.stringify({ ...final, data: undefined });
    return beside === '{}' ? `{"data":${json}}` : `{"data":${json},${beside.slice(1)}`;
  };
  return { data: {}, stringify } as ExecutionResult;
}
