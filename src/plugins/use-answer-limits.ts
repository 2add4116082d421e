import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { measuredSchema } from '../execution/measured-schema.ts';
import { writeJson } from '../execution/write-json.ts';
import { writtenResult } from './written-result.ts';

/**
 * Ends an operation whose answer has too many rows or is too long, whose time is up or whose client has left: its other
 * fields, which may be hundreds of thousands, would take seconds to fail one by one. An event of a subscription fails by itself and leaves the next
 * ones. What the interpreter makes is counted and written here; before all plugins that execute in its place.
 */
export function useAnswerLimits(): Plugin<Context> {
  let known: GraphQLSchema | undefined;
  // One gateway has one schema.
  const measured = (schema: GraphQLSchema): GraphQLSchema =>
    (known ??= measuredSchema(schema, (context) => (context as Context).size));
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const { loaders, size } = args.contextValue;
      Object.assign(args, { signal: loaders.signal });
      setExecuteFn(async (request: ExecutionArgs) => {
        const result = await executeFn({ ...request, schema: measured(request.schema) });
        return Symbol.asyncIterator in result ? result : written(result as ExecutionResult, size);
      });
    },
    onSubscribe({ args }) {
      const { size } = args.contextValue;
      args.schema = measured(args.schema);
      return {
        onSubscribeResult: () => ({
          onNext: ({ result, setResult }) => setResult(writtenEvent(result, size)),
        }),
      };
    },
  };
}

/** @throws PublicError where the text is too long */
function written(result: ExecutionResult, size: Context['size']): ExecutionResult {
  const { data, ...beside } = result;
  if (data === null || data === undefined) return result;
  return { ...beside, ...writtenResult(writeJson(data, size), size) };
}

function writtenEvent(result: ExecutionResult, size: Context['size']): ExecutionResult {
  try {
    if (size.excess() === null) return written(result, size);
  } catch (error) {
    if (error !== size.excess()) throw error;
  }
  return { data: null, errors: [size.excess() as NonNullable<ReturnType<typeof size.excess>>] };
}
