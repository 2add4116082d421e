import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  isObjectType,
} from 'graphql';
import { after, type Eventual } from '../eventual.ts';
import {
  allSettled,
  type Column,
  columnOf,
  type Execution,
  isPromise,
  type PathOf,
  Unsupported,
} from './execution.ts';
import { type Complete, executeSelection, type Selection } from './selection.ts';

/** What is selected of an object type at one place of a document. */
export type SelectionOf = (type: GraphQLObjectType) => Selection;

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
export function abstractObjects(type: GraphQLAbstractType, selectionOf: SelectionOf): Complete {
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

function completeGroups(
  names: Column,
  column: Column,
  pathOf: PathOf,
  completionOfType: (name: unknown) => (values: Column, pathOf: PathOf) => Eventual<Column>,
): Eventual<Column> {
  const completed = columnOf(column.length);
  const complete = (name: unknown): Eventual<void> => {
    const places = [...names.keys()].filter((at) => names[at] === name);
    const values = places.map((at) => column[at]);
    const done = completionOfType(name)(values, (at) => pathOf(places[at] as number));
    return after(done, (items) => {
      for (const [at, place] of places.entries()) completed[place] = items[at];
    });
  };
  const pending: Promise<void>[] = [];
  try {
    for (const name of new Set(names)) {
      const done = complete(name);
      if (done instanceof Promise) pending.push(done);
    }
  } catch (error) {
    pending.push(Promise.reject(error));
  }
  return pending.length === 0 ? completed : allSettled(pending).then(() => completed);
}
