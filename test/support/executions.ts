import { normalizedExecutor } from '@graphql-tools/executor';
import { type GraphQLSchema, parse } from 'graphql';
import { createColumnExecutor } from '../../src/execution/execute-by-column.ts';

/** What is executed. The context is made anew for each execution. */
export interface Question {
  readonly schema: GraphQLSchema;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly rootValue?: unknown;
  readonly context?: () => unknown;
}

/** The answer of Yoga's own executor, as a client reads it. */
export async function interpret(question: Question): Promise<unknown> {
  return JSON.parse(JSON.stringify(await normalizedExecutor(toRequest(question)))) as unknown;
}

/** The same by column; null when that is left to the interpreter. */
export async function executeByColumn(question: Question): Promise<unknown> {
  const attempt = createColumnExecutor()(toRequest(question));
  const json = await attempt?.().catch(() => null);
  return json == null ? null : { data: JSON.parse(json) as unknown };
}

function toRequest({ schema, query, variables, operationName, rootValue, context }: Question) {
  return {
    schema,
    document: parse(query),
    variableValues: variables ?? {},
    operationName: operationName ?? null,
    rootValue,
    contextValue: context?.() ?? {},
  };
}
