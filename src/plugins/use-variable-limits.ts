import {
  coerceInputValue,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  isInputType,
  typeFromAST,
} from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { PublicError } from '../errors.ts';
import { hasMoreValues } from '../limits/value-count.ts';

/** A hundred references, entities or conditions of a filter have some thousand. */
const MAX_VALUES = 10_000;
const TOO_MANY = `Send ${MAX_VALUES} values in variables and extensions at most.`;

/**
 * Refuses variables of very many values before anything looks at them: in memory each takes as much as a hundred
 * characters of the request. What an operation does not declare is forgotten, since Yoga holds it until the answer is
 * there, 20 s or as long as a subscription is open. Before all plugins that execute.
 */
export function useVariableLimits(): Plugin<Context> {
  return {
    onParams({ params: { variables, extensions } }) {
      if (hasMoreValues([variables, extensions], MAX_VALUES))
        throw new PublicError('BAD_USER_INPUT', TOO_MANY);
    },
    onExecute({ args, executeFn, setExecuteFn }) {
      forgetUndeclared(args);
      setExecuteFn((request: ExecutionArgs) => refused(request) ?? executeFn(request));
    },
    onSubscribe({ args, subscribeFn, setSubscribeFn }) {
      forgetUndeclared(args);
      setSubscribeFn((request: ExecutionArgs) => refused(request) ?? subscribeFn(request));
    },
  };
}

/** In place: the parameters of the request hold the same objects. */
function forgetUndeclared({ variableValues, contextValue, ...args }: ExecutionArgs): void {
  const { extensions } = (contextValue as { readonly params: GraphQLParams }).params;
  keepOnly(variableValues, new Set(definitionsOf(args).map(({ variable }) => variable.name.value)));
  keepOnly(extensions, new Set());
}

function keepOnly(given: object | null | undefined, names: ReadonlySet<string>): void {
  for (const name of Object.keys(given ?? {})) {
    if (!names.has(name)) delete (given as Record<string, unknown>)[name];
  }
}

/**
 * The first thing that is wrong with a value, and not the value: graphql-tools puts the whole of it into each of
 * fifty errors, and both it and graphql-js take longer to write it down than to find what is wrong.
 */
function refused({ variableValues, ...args }: ExecutionArgs): ExecutionResult | null {
  for (const { variable, type: node } of definitionsOf(args)) {
    const value = variableValues?.[variable.name.value];
    const type = typeFromAST(args.schema, node);
    // What is missing or null where it must not be is told by whoever executes.
    if (value === undefined || value === null || !isInputType(type)) continue;
    try {
      coerceInputValue(value, type, (_path, _value, error) => {
        throw error;
      });
    } catch (originalError) {
      const message = `Variable "$${variable.name.value}" has a value that it cannot have.`;
      return { errors: [new GraphQLError(message, { nodes: variable, originalError } as object)] };
    }
  }
  return null;
}

function definitionsOf({ document, operationName }: ExecutionArgs) {
  return getOperationAST(document, operationName)?.variableDefinitions ?? [];
}
