import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLBoolean,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { after, type Eventual } from '../eventual.ts';
import {
  allSettled,
  columnOf,
  type Column,
  type Execution,
  isPromise,
  type PathOf,
  Unsupported,
} from './execution.ts';
import { type Complete, executeSelection, type Selection } from './selection.ts';

/** What is selected of an object type at one place of a document. */
export type SelectionOf = (type: GraphQLObjectType) => Selection;

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

const PLAIN_TYPES = new Map<GraphQLLeafType, string>([
  [GraphQLBoolean, 'boolean'],
  [GraphQLID, 'string'],
  [GraphQLString, 'string'],
]);

function leaves(type: GraphQLLeafType): Complete {
  // What these types would give back unchanged.
  const plain = PLAIN_TYPES.get(type);
  return (column) => {
    for (let at = 0; at < column.length; at++) {
      const value = column[at];
      if (typeof value === plain) continue;
      column[at] = isPresent(value) ? serialize(type, value) : null;
    }
    return column;
  };
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized === null || serialized === undefined) throw new Unsupported('no serialized value');
  return serialized;
}

/** Completes what is there. @param absent stands for the rest */
export function present(complete: Complete, absent: unknown = null): Complete {
  return (column, info, pathOf, execution) => {
    if (column.every(isPresent)) return complete(column, info, pathOf, execution);
    const values = column.filter(isPresent);
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

/** Objects of one type, by what is selected of it. */
export function objects(type: GraphQLObjectType, selectionOf: SelectionOf): Complete {
  // Made when it is first needed: a document may name more than its execution reaches.
  let selection: Selection | null = null;
  return (column, info, pathOf, execution) => {
    if (type.isTypeOf) checkTypes(type, column, info, execution);
    return executeSelection((selection ??= selectionOf(type)), column, pathOf, execution);
  };
}

function checkTypes(
  type: GraphQLObjectType,
  column: Column,
  info: GraphQLResolveInfo,
  { contextValue }: Execution,
): void {
  const isOfType = (value: unknown) => type.isTypeOf?.(value, contextValue, info) === true;
  if (!column.every(isOfType)) throw new Unsupported('values of another type');
}

/** Values of the same type are completed as one column. */
function abstractObjects(type: GraphQLAbstractType, selectionOf: SelectionOf): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const byType = new Map<string, Complete>();
  return (column, info, pathOf, execution) => {
    const { schema, contextValue } = execution;
    const names = column.map((value) => resolveType(value, contextValue, info, type));
    return after(names.some(isPromise) ? allSettled(names) : (names as Column), (known) =>
      completeGroups(known, column, pathOf, (name) => {
        const runtimeType = schema.getType(name as string);
        if (!isObjectType(runtimeType) || !schema.isSubType(type, runtimeType)) {
          throw new Unsupported('a value of no possible type');
        }
        const complete = byType.get(runtimeType.name) ?? objects(runtimeType, selectionOf);
        byType.set(runtimeType.name, complete);
        return (values, pathOfValue) => complete(values, info, pathOfValue, execution);
      }),
    );
  };
}

async function completeGroups(
  names: Column,
  column: Column,
  pathOf: PathOf,
  completionOfType: (name: unknown) => (values: Column, pathOf: PathOf) => Eventual<Column>,
): Promise<Column> {
  const completed: Column = [];
  const complete = async (name: unknown): Promise<void> => {
    const places = [...names.keys()].filter((at) => names[at] === name);
    const values = places.map((at) => column[at]);
    const done = await completionOfType(name)(values, (at) => pathOf(places[at] as number));
    for (const [at, place] of places.entries()) completed[place] = done[at];
  };
  await allSettled([...new Set(names)].map(complete));
  return completed;
}
