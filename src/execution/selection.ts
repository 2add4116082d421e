import type {
  FieldNode,
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLResolveInfo,
} from 'graphql';
import { getArgumentValues } from '@graphql-tools/utils';
import { after, type Eventual } from '../eventual.ts';
import { isTurnOver, turn } from '../turns.ts';
import {
  allSettled,
  type Call,
  columnOf,
  type Column,
  type Execution,
  isPromise,
  type PathOf,
  settle,
  type Size,
  Unsupported,
} from './execution.ts';

/** The fields that are selected of one object type, in the order of the answer. */
export interface Selection {
  /** By response key; null for __typename. */
  readonly fields: ReadonlyMap<string, SelectedField | null>;
  /** Characters of one object besides the values of its fields. */
  readonly frame: number;
  /** Makes the objects of the answer of the columns of their fields. */
  readonly assemble: Assemble;
}

/** A field as it is selected, with all that can be known of it before anything is executed. */
export interface SelectedField {
  readonly key: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  /** Whether each call of the resolver gets what it is told of its field for itself. */
  readonly takesInfo: boolean;
  readonly complete: Complete;
}

/** @param columns by response key; none for __typename @param size of what is written in the making */
export type Assemble = (columns: ReadonlyMap<string, Column>, count: number, size: Size) => Column;

/** Makes what the answer holds of what resolvers gave. It may write into the column. */
export type Complete = (
  column: Column,
  info: GraphQLResolveInfo,
  pathOf: PathOf,
  execution: Execution,
) => Eventual<Column>;

/** The objects of the answer for some parents of one type: field by field, each for all of them. */
export function executeSelection(
  selection: Selection,
  parents: Column,
  pathOf: PathOf,
  execution: Execution,
): Eventual<Column> {
  execution.size.expect(parents.length * selection.frame);
  const columns = new Map<string, Column>();
  const pending: Promise<unknown>[] = [];
  const finish = () => selection.assemble(columns, parents.length, execution.size);
  try {
    for (const [key, field] of selection.fields) {
      if (field === null) continue;
      const column = executeInTurn(field, parents, pathOf, execution);
      if (column instanceof Promise) pending.push(column.then((done) => columns.set(key, done)));
      else columns.set(key, column);
    }
  } catch (error) {
    return allSettled([...pending, Promise.reject(error)]).then(finish);
  }
  return pending.length === 0 ? finish() : allSettled(pending).then(finish);
}

/** Of fewer parents at a time there are many, and whoever has them asks for its turn between them. */
const MANY = 1_000;

function executeInTurn(
  field: SelectedField,
  parents: Column,
  pathOf: PathOf,
  execution: Execution,
): Eventual<Column> {
  const execute = () => executeField(field, parents, pathOf, execution);
  if (parents.length < MANY || !isTurnOver()) return execute();
  return turn(execution.signal).then(execute);
}

function executeField(
  field: SelectedField,
  parents: Column,
  pathOfParent: PathOf,
  execution: Execution,
): Eventual<Column> {
  execution.signal?.throwIfAborted();
  if (execution.failure !== null) throw execution.failure;
  const { key, parentType } = field;
  const pathOf: PathOf = (at) => ({ prev: pathOfParent(at), key, typename: parentType.name });
  const call = toCall(field, execution);
  const column = resolveAll(field, call, parents, pathOf, execution);
  return after(column, (values) => field.complete(values, call.info, pathOf, execution));
}

function resolveAll(
  { resolve, takesInfo }: SelectedField,
  { args, info }: Call,
  parents: Column,
  pathOf: PathOf,
  execution: Execution,
): Eventual<Column> {
  const column = columnOf(parents.length);
  let isEventual = false;
  try {
    for (let at = 0; at < parents.length; at++) {
      const own = takesInfo ? withPath(info, pathOf, at) : info;
      const value: unknown = resolve(parents[at], args, execution.contextValue, own);
      if (isPromise(value)) isEventual = true;
      column[at] = value;
    }
  } catch (error) {
    return settle([...column, Promise.reject(error)], execution);
  }
  return isEventual ? settle(column, execution) : column;
}

/** What the calls of a resolver have in common within an execution; worked out for the first. */
function toCall(field: SelectedField, execution: Execution): Call {
  const known = execution.calls.get(field);
  if (known !== undefined) return known;
  const { nodes, definition, parentType } = field;
  const info = {
    ...execution.shared,
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
  };
  // There is no path that all have in common.
  const get = (): never => {
    throw new Unsupported(`the path of ${parentType.name}.${definition.name}`);
  };
  const call = {
    args: getArgumentValues(definition, nodes[0], execution.variableValues),
    info: Object.defineProperty(info, 'path', { get }) as object as GraphQLResolveInfo,
  };
  execution.calls.set(field, call);
  return call;
}

/** The path is put together only when it is looked at. */
function withPath(info: GraphQLResolveInfo, pathOf: PathOf, at: number): GraphQLResolveInfo {
  return {
    ...info,
    get path() {
      return pathOf(at) as GraphQLResolveInfo['path'];
    },
  };
}
