import { getOperationAST, OperationTypeNode } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Context } from '../context.ts';
import type { ImageIndex } from '../image-index/image-index.ts';
import type { GatewayObserver } from './use-observer.ts';

/** An answer without errors as JSON, and the state of all engines that it was true for. */
interface Answer {
  readonly json: string;
  readonly state: string;
}

/** A question whose answer may be kept. */
interface Question {
  readonly key: string;
  /** Of all engines, before anything of the question was looked at. */
  readonly state: string;
  /** Known once its document is parsed. */
  isQuery: boolean;
}

type Indexes = ReadonlyMap<string, ImageIndex>;

/** Deeper variables belong to no filter of the schema; a limit keeps a hostile one off the stack. */
const MAX_VARIABLE_DEPTH = 32;

/**
 * Gives an answer again for as long as nothing has changed on any engine: the same text, without parsing,
 * validation, execution or serialisation. Kept by the JSON and not by the response, so every media type
 * and header stays Yoga's own decision.
 */
export function useResponseCache(
  indexes: Indexes,
  maxBytes: number,
  observer?: GatewayObserver,
): Plugin<Context> {
  const answers = new LRUCache<string, Answer>({
    maxSize: maxBytes,
    sizeCalculation: ({ json, state }, key) => 2 * (key.length + state.length) + sizeOf(json),
  });
  const asked = new WeakMap<object, Question>();
  return {
    onParams({ params, context, setResult }) {
      const state = stateOf(indexes);
      const key = state === null ? null : keyOf(params);
      if (state === null || key === null) return;
      const known = answers.get(key);
      const isHit = known?.state === state;
      observer?.cacheAsked?.(isHit);
      if (isHit) setResult(toResult(() => known.json));
      else asked.set(context, { key, state, isQuery: false });
    },
    onExecute({ args: { document, operationName, contextValue } }) {
      const question = asked.get(contextValue);
      if (question === undefined) return;
      const operation = getOperationAST(document, operationName);
      question.isQuery = operation?.operation === OperationTypeNode.QUERY;
    },
    onExecutionResult({ result, context, setResult }) {
      const question = asked.get(context);
      if (!question?.isQuery || result === undefined || Symbol.asyncIterator in result) return;
      if (result.errors !== undefined || result.extensions !== undefined) return;
      // Yoga's context of a request that was executed is ours with more properties.
      if (!(context as object as Context).mayCache()) return;
      if (stateOf(indexes) !== question.state) return;
      const { stringify = JSON.stringify, ...answer } = result;
      setResult({
        ...answer,
        stringify(final) {
          const json = stringify(final);
          // Whatever a plugin after this one has added is of this operation only.
          if (Object.keys(final).every((name) => name === 'data' || name === 'stringify')) {
            answers.set(question.key, { json, state: question.state });
            observer?.cacheHolds?.(answers.calculatedSize);
          }
          return json;
        },
      });
    },
  };
}

function toResult(stringify: () => string) {
  // Yoga's own processors write what stringify says; the rest of the gateway sees an answer without errors.
  return { data: {}, stringify };
}

/** Bytes in memory: V8 keeps one for each character while it can, as for ASCII, else two. */
function sizeOf(json: string): number {
  return Buffer.byteLength(json) === json.length ? json.length : 2 * json.length;
}

/** Null while the state of some engine cannot be told. */
function stateOf(indexes: Indexes): string | null {
  let state = '';
  for (const index of indexes.values()) {
    const version = index.version();
    if (version === null) return null;
    state += `${index.engine.status()} ${version}\n`;
  }
  return state;
}

/** What decides the answer, besides the state of the engines; null for what is better not kept. */
function keyOf({ query, operationName, variables }: GraphQLParams): string | null {
  if (typeof query !== 'string') return null;
  const given = canonical(variables ?? {}, MAX_VARIABLE_DEPTH);
  return given === null ? null : `${JSON.stringify(operationName ?? null)} ${given} ${query}`;
}

/** JSON with sorted keys; null for what is nested deeper, and for a number that JSON has no text for: 1e999 is no null. */
function canonical(value: unknown, depth: number): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? null;
  if (depth === 0) return null;
  const isList = Array.isArray(value);
  const parts: string[] = [];
  for (const [name, item] of isList ? value.entries() : Object.entries(value).sort(byName)) {
    const part = canonical(item, depth - 1);
    if (part === null) return null;
    parts.push(isList ? part : `${JSON.stringify(name)}:${part}`);
  }
  return isList ? `[${parts.join()}]` : `{${parts.join()}}`;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
