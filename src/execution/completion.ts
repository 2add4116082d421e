import {
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLOutputType,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { after } from '../eventual.ts';
import {
  allSettled,
  columnOf,
  type Column,
  isPromise,
  type PathOf,
  Unsupported,
} from './execution.ts';
import { lengthOf } from './length.ts';
import { abstractObjects, objects, type SelectionOf } from './object-completion.ts';
import type { Complete } from './selection.ts';

/** How values of a type are completed (GraphQL, 6.4.3), a column at a time. */
export function completionOf(type: GraphQLOutputType, selectionOf: SelectionOf): Complete {
  if (isNonNullType(type)) return nonNull(completionOf(type.ofType, selectionOf));
  if (isLeafType(type)) return leaves(type);
  if (isListType(type)) return present(lists(completionOf(type.ofType, selectionOf)));
  if (isObjectType(type)) return present(objects(type, selectionOf));
  if (isAbstractType(type)) return present(abstractObjects(type, selectionOf));
  throw new Unsupported(String(type));
}

function nonNull(complete: Complete): Complete {
  return (column, info, pathOf, execution) =>
    after(complete(column, info, pathOf, execution), (completed) => {
      if (completed.includes(null)) throw new Unsupported('null for a non-null type');
      return completed;
    });
}

function leaves(type: GraphQLLeafType): Complete {
  const isText = type === GraphQLID || type === GraphQLString;
  const complete = isText ? completeTexts : completeOthers;
  return (column, _info, _pathOf, { size }) => {
    size.expect(complete(column, type));
    return column;
  };
}

/** Those of types that would give strings back unchanged. @returns their length, as lengthOf counts it */
function completeTexts(column: Column, type: GraphQLLeafType): number {
  let characters = column.length;
  for (let at = 0; at < column.length; at++) {
    const value = column[at];
    if (typeof value === 'string') characters += value.length + 1;
    else characters += completeOne(column, at, type);
  }
  return characters;
}

/** @returns their length, as lengthOf counts it */
function completeOthers(column: Column, type: GraphQLLeafType): number {
  let characters = column.length;
  for (let at = 0; at < column.length; at++) {
    characters += completeOne(column, at, type);
  }
  return characters;
}

/** @returns its length beyond one */
function completeOne(column: Column, at: number, type: GraphQLLeafType): number {
  const value = column[at];
  const completed = isPresent(value) ? serialize(type, value) : null;
  column[at] = completed;
  return lengthOf(completed) - 1;
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized === null || serialized === undefined) throw new Unsupported('no serialized value');
  return serialized;
}

/** Completes what is there. @param absent stands for the rest */
export function present(complete: Complete, absent: unknown = null): Complete {
  return (column, info, pathOf, execution) => {
    if (column.length > 0 && column.every(isPresent))
      return complete(column, info, pathOf, execution);
    const values = column.filter(isPresent);
    if (values.length === 0) return column.map(() => absent);
    const placeOf = (at: number): number => placeOfNth(column, at);
    const pathOfValue: PathOf = (at) => pathOf(placeOf(at));
    return after(complete(values, info, pathOfValue, execution), (completed) => {
      let next = 0;
      return column.map((value) => (isPresent(value) ? completed[next++] : absent));
    });
  };
}

function placeOfNth(column: Column, nth: number): number {
  let left = nth;
  return column.findIndex((value) => isPresent(value) && left-- === 0);
}

/** @throws Unsupported for an error in the place of a value */
function isPresent(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'object' && value instanceof Error) throw new Unsupported('an error');
  return true;
}

/** As flat() does it, many times faster. */
function flatten(lists: readonly Column[]): Column {
  let count = 0;
  for (const list of lists) count += list.length;
  const items = columnOf(count);
  let next = 0;
  for (const list of lists) {
    for (let at = 0; at < list.length; at++) items[next++] = list[at];
  }
  return items;
}

/** The items of all lists are completed as one column. */
function lists(complete: Complete): Complete {
  return (column, info, pathOf, execution) => {
    if (!column.every(Array.isArray)) throw new Unsupported('a list that is no array');
    const given = column as Column[];
    const items = flatten(given);
    const pathOfItem = toPathOfItem(given, pathOf);
    return after(items.some(isPromise) ? allSettled(items) : items, (values) =>
      after(complete(values, info, pathOfItem, execution), (completed) => {
        let end = 0;
        return given.map(({ length }) => completed.slice(end, (end += length)));
      }),
    );
  };
}

function toPathOfItem(given: readonly Column[], pathOf: PathOf): PathOf {
  return (at) => {
    let key = at;
    const place = given.findIndex(({ length }) => {
      if (key < length) return true;
      key -= length;
      return false;
    });
    return { prev: pathOf(place), key, typename: undefined };
  };
}
