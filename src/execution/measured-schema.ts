import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isNonNullType,
} from 'graphql';
import { isPromise } from './execution.ts';
import { keyLength, lengthOf } from './length.ts';

/** The size of an answer that knows what has ended it. */
export interface EndedSize {
  expect(characters: number): void;
  excess(): Error | null;
}

type Resolve = GraphQLFieldResolver<unknown, unknown>;

/**
 * A schema whose resolvers count the answer that is made of what they give: an interpreter tells nobody how much it
 * has made. After an excess they do nothing more, since it would go on to the next of a hundred thousand fields.
 */
export function measuredSchema(
  schema: GraphQLSchema,
  sizeOf: (contextValue: unknown) => EndedSize,
): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD](field) {
      const resolve = (field.resolve ?? defaultFieldResolver) as Resolve;
      const isLeaf = isLeafType(getNamedType(field.type));
      const isNullable = !isNonNullType(field.type);
      const measured: Resolve = (parent, args, context, info) => {
        const size = sizeOf(context);
        const excess = size.excess();
        if (excess !== null && isNullable) return null;
        if (excess !== null) throw excess;
        size.expect(keyLength(String(info.path.key)));
        const value = resolve(parent, args, context, info);
        return isLeaf ? counted(value, size) : value;
      };
      return { ...field, resolve: measured };
    },
  });
}

function counted(value: unknown, size: EndedSize): unknown {
  if (isPromise(value)) return value.then((settled) => counted(settled, size));
  if (Array.isArray(value)) for (const item of value) size.expect(lengthOf(item));
  else size.expect(lengthOf(value));
  return value;
}
