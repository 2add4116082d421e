import {
  getNullableType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { after, type Eventual, toEventual } from '../eventual.ts';
import { isTurnOver, turn } from '../turns.ts';
import { completionOf, present } from './completion.ts';
import { allSettled, type Column, isPromise, type PathOf, Unsupported } from './execution.ts';
import { abstractObjects, objects, type SelectionOf } from './object-completion.ts';
import type { Complete } from './selection.ts';
import { writeJson } from './write-json.ts';

/** How many items of a list are completed and written at a time. */
const CHUNK = 128;

/**
 * Completes to JSON. The objects of a list become text a few at a time, so that those of a long one are
 * never in memory together: collecting them would cost more time than making them.
 * @param selectionOf of what is below a list @param jsonSelectionOf of what is above all lists
 */
export function jsonCompletionOf(
  type: GraphQLOutputType,
  selectionOf: SelectionOf,
  jsonSelectionOf: SelectionOf,
): Complete {
  if (isNonNullType(type)) {
    return nonNullJson(jsonCompletionOf(type.ofType, selectionOf, jsonSelectionOf));
  }
  if (isListType(type) && isCompositeType(getNullableType(type.ofType))) {
    return present(jsonList(completionOf(type.ofType, selectionOf)), 'null');
  }
  if (isCompositeType(type)) return present(composites(type, jsonSelectionOf), 'null');
  const complete = completionOf(type, selectionOf);
  return (column, info, pathOf, execution) =>
    after(complete(column, info, pathOf, execution), (completed) =>
      completed.map((value) => writeJson(value, execution.size)),
    );
}

function composites(type: GraphQLCompositeType, selectionOf: SelectionOf): Complete {
  return isObjectType(type) ? objects(type, selectionOf) : abstractObjects(type, selectionOf);
}

function nonNullJson(complete: Complete): Complete {
  return (...given) =>
    after(complete(...given), (completed) => {
      // Text in the answer has quotes.
      if (completed.includes('null')) throw new Unsupported('null for a non-null type');
      return completed;
    });
}

/** One list, since there is no list above it. @param complete its items */
function jsonList(complete: Complete): Complete {
  return ([list], info, pathOf, execution) => {
    if (!Array.isArray(list)) throw new Unsupported('a list that is no array');
    const eventual = list.some(isPromise) ? allSettled(list as Column) : (list as Column);
    return after(eventual, (items) => {
      const write = (from: number, to: number): Eventual<string> => {
        const pathOfItem: PathOf = (at) => ({
          prev: pathOf(0),
          key: from + at,
          typename: undefined,
        });
        const completed = complete(items.slice(from, to), info, pathOfItem, execution);
        return after(completed, (objects) => writeJson(objects, execution.size).slice(1, -1));
      };
      const chunks = inChunks(items.length, write, execution.signal);
      return after(chunks, (texts) => [toList(texts)]);
    });
  };
}

/** Concatenated, since a join would copy all of a long list. */
function toList(chunks: readonly string[]): string {
  const items = chunks.reduce((text, chunk) => (text === '' ? chunk : `${text},${chunk}`), '');
  return `[${items}]`;
}

/**
 * One chunk after the other. What the first waits for is there for the second; where that waits too, each has
 * something of its own to wait for, and the rest need not wait for it.
 */
function inChunks(
  length: number,
  write: (from: number, to: number) => Eventual<string>,
  signal: AbortSignal | undefined,
  start = 0,
  waited = false,
): Eventual<string[]> {
  const written: string[] = [];
  for (let from = start; from < length; from += CHUNK) {
    const next = from + CHUNK;
    if (isTurnOver()) {
      const others = turn(signal).then(() => inChunks(length, write, signal, from, waited));
      return others.then((texts) => [...written, ...texts]);
    }
    const chunk = write(from, next);
    if (!(chunk instanceof Promise)) written.push(chunk);
    else if (waited && next < length) {
      return allSettled([...written, chunk, toEventual(() => write(next, length))]);
    } else {
      return chunk.then((text) =>
        after(inChunks(length, write, signal, next, true), (rest) => [...written, text, ...rest]),
      );
    }
  }
  return written;
}
