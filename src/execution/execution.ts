import type {
  FragmentDefinitionNode,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';

/** The values of one field, one for each of its parents, in their order. */
export type Column = unknown[];

/** A column that does not grow while it is filled. */
export function columnOf(length: number): Column {
  const column: Column = [];
  column.length = length;
  return column;
}

/** Where in the answer the value at an index of a column stands; undefined for the answer itself. */
export type PathOf = (at: number) => GraphQLResolveInfo['path'] | undefined;

/** An operation of a document, and what stands beside it there. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** What every resolver of an execution is told. */
export interface SharedInfo extends Operation {
  /** Coerced. */
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly rootValue: unknown;
  readonly signal: AbortSignal | undefined;
}

/** Counts the characters of an answer and the fields that fail, and ends it by an error when there are too many. */
export interface Size {
  /** Values and names, before they are written. */
  expect(characters: number): void;
  /** Text that is written. */
  wrote(characters: number): void;
  failed(fields: number): void;
}

/** The size of the answer that is made with a context. */
export type SizeOf = (contextValue: unknown) => Size;

/** One execution of an operation. */
export interface Execution extends SharedInfo {
  readonly shared: SharedInfo;
  readonly contextValue: unknown;
  readonly size: Size;
  /** By selected field. */
  readonly calls: Map<object, Call>;
  /** What a field has failed with. The interpreter executes all of it then, so that nothing more is asked here. */
  failure: Error | null;
}

/** The arguments of a field, and what its resolver is told of it. */
export interface Call {
  readonly args: Readonly<Record<string, unknown>>;
  readonly info: GraphQLResolveInfo;
}

/**
 * What column by column execution leaves to the interpreter, which then executes the whole operation:
 * every error, so that there is one place that knows what errors do, and what hardly any query has.
 */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** Whether graphql-js would wait for a value. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/**
 * All of them, or the first failure once the others have ended too: nothing of a given up execution is
 * left running.
 */
export async function allSettled<Value>(
  values: readonly (Value | PromiseLike<Value>)[],
): Promise<Value[]> {
  try {
    return await Promise.all(values);
  } catch (error) {
    await Promise.allSettled(values);
    throw error;
  }
}

/** The same of what one field gives. All that fail are counted, and the execution is given up. */
export async function settle(column: Column, execution: Execution): Promise<Column> {
  try {
    return await Promise.all(column);
  } catch (error) {
    execution.failure ??= error as Error;
    const settled = await Promise.allSettled(column);
    execution.size.failed(settled.filter(({ status }) => status === 'rejected').length);
    throw error;
  }
}
