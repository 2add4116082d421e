import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';

/**
 * Forgets what a request has sent beyond the variables that its operation declares, in place, since Yoga holds it until
 * the answer is there: 256 KB of JSON take 5 MB once they are parsed, and an operation may run for 20 s.
 */
export function useDeclaredVariables(): Plugin<Context> {
  return {
    onExecute: ({ args }) => forgetOthers(args),
    onSubscribe: ({ args }) => forgetOthers(args),
  };
}

function forgetOthers({ document, operationName, variableValues, contextValue }: ExecutionArgs) {
  const { extensions } = (contextValue as { readonly params: GraphQLParams }).params;
  const operation = getOperationAST(document, operationName);
  const declared = operation?.variableDefinitions?.map(({ variable }) => variable.name.value);
  keepOnly(variableValues, new Set(declared));
  keepOnly(extensions, new Set());
}

function keepOnly(given: object | null | undefined, names: ReadonlySet<string>): void {
  for (const name of Object.keys(given ?? {})) {
    if (!names.has(name)) delete (given as Record<string, unknown>)[name];
  }
}
