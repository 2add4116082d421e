import { collectSubFields, MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { isTurnOver, turn } from '../turns.ts';
import { isPromise } from './execution.ts';
import { frameLength, lengthOf } from './length.ts';

/** The size of an answer that knows what has ended it. */
export interface EndedSize {
  expect(characters: number): void;
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
      const count = isLeafType(type) ? countLeaves : isObjectType(type) ? countObjects : null;
      const measured: Resolve = (parent, args, context, info) => {
        const size = sizeOf(context);
        const excess = size.excess();
        if (excess !== null && isNullable) return null;
        if (excess !== null) throw excess;
        const value: unknown = resolve(parent, args, context, info);
        if (count === null) return value;
        return isPromise(value)
          ? value.then((settled) => count(settled, size, context, info))
          : count(value, size, context, info);
      };
      return { ...field, resolve: measured as GraphQLFieldResolver<unknown, unknown> };
    },
  });
}

function countLeaves(value: unknown, size: EndedSize): unknown {
  if (Array.isArray(value)) for (const item of value) size.expect(lengthOf(item));
  else size.expect(lengthOf(value));
  return value;
}

/** After how many objects an execution may have worked for so long that others must have their turn. */
const MANY = 100;

function createCount(): Count {
  /** By context, since it was last asked whose turn it is. */
  const counted = new WeakMap<object, number>();
  const frames = new WeakMap<readonly unknown[], number>();
  const frameOf = (info: GraphQLResolveInfo): number => {
    const { schema, fragments, variableValues, fieldNodes } = info;
    const known = frames.get(fieldNodes);
    if (known !== undefined) return known;
    const type = getNamedType(info.returnType) as GraphQLObjectType;
    const variables = { coerced: variableValues, sources: {} };
    const nodes = [...fieldNodes];
    const { fields } = collectSubFields(schema, fragments, variables, type, nodes);
    const frame = frameLength(type.name, fields);
    frames.set(fieldNodes, frame);
    return frame;
  };
  return (value, size, context, info) => {
    if (value === null || value === undefined) return value;
    const objects = Array.isArray(value) ? value.length : 1;
    size.expect(objects * frameOf(info));
    const since = (counted.get(context) ?? 0) + objects;
    counted.set(context, since < MANY ? since : 0);
    if (since < MANY || !isTurnOver()) return value;
    return turn((info as Ended).signal).then(() => value);
  };
}
