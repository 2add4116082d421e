import { getVariableValues } from '@graphql-tools/executor';
import {
  type DocumentNode,
  type ExecutionArgs,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
} from 'graphql';
import type { Execution, SizeOf } from './execution.ts';
import { createPlans } from './plans.ts';
import { executeSelection, type Selection } from './selection.ts';

/** How many executions of a plan go straight to the interpreter after one that ended there. */
const REST = 16;
const BOUNDLESS = { expect: () => {}, wrote: () => {}, failed: () => {} };

/** What an execution is given, by graphql-tools' executor too. */
export interface Request extends ExecutionArgs {
  readonly signal?: AbortSignal | undefined;
}

/** An execution that may be tried: the JSON of its data, or a failure that says only that it gave up. */
export type Attempt = () => Promise<string>;

/**
 * Execution of queries field by field, each for all its parents at once. Depth first, as graphql-js does it,
 * every value costs a look-up of its field, arguments, information and path; here only every field does.
 * @param isPassing of errors that say nothing of the operation: the next one like it may well go without
 * @param sizeOf counts what comes of an execution
 * @returns null for what has to be left to the interpreter from the start
 */
export function createColumnExecutor(
  isPassing: (error: unknown) => boolean = () => false,
  sizeOf: SizeOf = () => BOUNDLESS,
): (request: Request) => Attempt | null {
  const planOf = createPlans();
  return (request) => {
    const execution = toExecution(request, sizeOf);
    if (execution === null) return null;
    const plan = planOf(request.document, execution, execution.variableValues);
    const { selection } = plan;
    if (selection === null) return null;
    if (plan.rest > 0) {
      plan.rest--;
      return null;
    }
    return () =>
      attempt(selection, execution).catch((error: unknown) => {
        request.signal?.throwIfAborted();
        if (!isPassing(error)) plan.rest = REST;
        throw error;
      });
  };
}

/** Null where the request has an error, which the interpreter words. */
function toExecution(request: Request, sizeOf: SizeOf): Execution | null {
  const { schema, document, operationName, contextValue, rootValue, signal } = request;
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return null;
  const given = request.variableValues ?? {};
  // One error is enough to know, and the next ends it: each of a hundred thousand would be worded.
  const most = { maxErrors: 1 };
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], given, most);
  if (!('variableValues' in coerced) || coerced.variableValues === undefined) return null;
  const shared = {
    schema,
    operation,
    fragments: fragmentsOf(document),
    variableValues: coerced.variableValues.coerced,
    rootValue,
    signal,
  };
  const size = sizeOf(contextValue);
  return { ...shared, shared, contextValue, size, calls: new Map(), failure: null };
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}

async function attempt(selection: Selection, execution: Execution): Promise<string> {
  const { signal, rootValue } = execution;
  const executed = executeSelection(selection, [rootValue], () => undefined, execution);
  const [data] = await untilAborted(executed, signal);
  return data as string;
}

async function untilAborted<Value>(
  value: Value | Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (!(value instanceof Promise) || signal === undefined) return value;
  return new Promise<Value>((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    const ended = () => signal.removeEventListener('abort', stop);
    value.finally(ended).then(resolve, reject);
  });
}
