import { collectSubFields, getArgumentValues, MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { toEventual } from '../eventual.ts';
import { isTurnOver, turn } from '../turns.ts';
import { isPromise } from './execution.ts';
import { frameLength, lengthOf } from './length.ts';

/** The size of an answer that knows what has ended it. */
export interface EndedSize {
  expect(characters: number): void;
  failed(fields: number): void;
  excess(): Error | null;
}

/** What graphql-tools tells resolvers beside what graphql-js does. */
type Ended = { readonly signal?: AbortSignal };

type Resolve = GraphQLFieldResolver<unknown, object>;
/** Counts what a resolver gave. It may give a promise of it, to let others work in between. */
type Count = (
  value: unknown,
  size: EndedSize,
  context: object,
  info: GraphQLResolveInfo,
) => unknown;

/**
 * A schema whose resolvers count the answer that is made of what they give, since an interpreter tells nobody how much
 * it has made. After an excess they do nothing more: it would go on to the next of a hundred thousand fields.
 */
export function measuredSchema(
  schema: GraphQLSchema,
  sizeOf: (contextValue: object) => EndedSize,
): GraphQLSchema {
  const countObjects = createCount();
  return mapSchema(schema, {
    // Where each event begins anew.
    [MapperKind.SUBSCRIPTION_ROOT_FIELD]: (field) => field,
    [MapperKind.OBJECT_FIELD](field) {
      const resolve = (field.resolve ?? defaultFieldResolver) as Resolve;
      const isNullable = !isNonNullType(field.type);
      const type = getNamedType(field.type);
      const count = isLeafType(type) ? countLeaves : isObjectType(type) ? countObjects : countNone;
      const measured: Resolve = (parent, args, context, info) => {
        const size = sizeOf(context);
        const excess = size.excess();
        if (excess !== null && isNullable) return null;
        // The executor of graphql-tools 2 forgets the fields and items that it waits for when the next one throws.
        if (excess !== null) return Promise.reject(excess);
        let value: unknown;
        try {
          value = resolve(parent, args, context, info);
        } catch (error) {
          return toEventual(() => countFailure(error, size, isNullable));
        }
        if (!isPromise(value)) return toEventual(() => count(value, size, context, info));
        return value.then(
          (settled) => count(settled, size, context, info),
          (error) => countFailure(error, size, isNullable),
        );
      };
      return { ...field, resolve: measured as GraphQLFieldResolver<unknown, unknown> };
    },
  });
}

/** @returns null after an excess, where the interpreter would put together an error that nobody sees */
function countFailure(error: unknown, size: EndedSize, isNullable: boolean): null {
  const excess = size.excess();
  if (excess !== null && error !== excess && isNullable) return null;
  if (excess === null) size.failed(1);
  throw error;
}

/** What an object is of is known only later. */
function countNone(value: unknown): unknown {
  return value;
}

function countLeaves(value: unknown, size: EndedSize): unknown {
  if (Array.isArray(value)) for (const item of value) size.expect(lengthOf(item));
  else size.expect(lengthOf(value));
  return value;
}

/** After how many objects an execution may have worked for so long that others must have their turn. */
const MANY = 100;

/** What is known of the objects of one selection before any of their fields is executed. */
interface Frame {
  readonly characters: number;
  /** How many fields of each fail by their arguments, whose resolvers are never called. */
  readonly failing: number;
}

function createCount(): Count {
  /** By context, since it was last asked whose turn it is. */
  const counted = new WeakMap<object, number>();
  const frames = new WeakMap<readonly unknown[], Frame>();
  const frameOf = (info: GraphQLResolveInfo): Frame => {
    const known = frames.get(info.fieldNodes);
    if (known !== undefined) return known;
    const frame = toFrame(info);
    frames.set(info.fieldNodes, frame);
    return frame;
  };
  return (value, size, context, info) => {
    if (value === null || value === undefined) return value;
    const objects = Array.isArray(value) ? value.length : 1;
    const { characters, failing } = frameOf(info);
    size.expect(objects * characters);
    if (failing > 0) size.failed(objects * failing);
    const since = (counted.get(context) ?? 0) + objects;
    counted.set(context, since < MANY ? since : 0);
    if (since < MANY || !isTurnOver()) return value;
    return turn((info as Ended).signal).then(() => value);
  };
}

function toFrame(info: GraphQLResolveInfo): Frame {
  const { schema, fragments, variableValues, fieldNodes } = info;
  const type = getNamedType(info.returnType) as GraphQLObjectType;
  const variables = { coerced: variableValues, sources: {} };
  const { fields } = collectSubFields(schema, fragments, variables, type, [...fieldNodes]);
  const isFailing = ([node]: readonly FieldNode[]): boolean => {
    const definition = node && type.getFields()[node.name.value];
    return definition !== undefined && !hasArguments(definition, node as FieldNode, variableValues);
  };
  const failing = [...fields.values()].filter(isFailing).length;
  return { characters: frameLength(type.name, fields), failing };
}

/** False for null in a variable whose default would be taken for an argument that must not be null. */
function hasArguments(...given: Parameters<typeof getArgumentValues>): boolean {
  try {
    getArgumentValues(...given);
    return true;
  } catch {
    return false;
  }
}
