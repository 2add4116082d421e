import {
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import type { Context } from '../context.ts';
import { PublicError } from '../errors.ts';
import { beyond } from '../limits/limits.ts';
import { ENTITIES, type Representation } from './entities.ts';
import { schema } from './index.ts';
import { toSubgraphSdl } from './subgraph-sdl.ts';

/** The schema is as long as so many rows of an answer, and aliases can ask for it over and over. */
const SDL_ROWS = 1_000;

/** The schema as a Federation 2 subgraph. */
export interface Subgraph {
  /** With _service and _entities. */
  readonly schema: GraphQLSchema;
  /** What _service tells, and what composition takes. */
  readonly sdl: string;
}

/** Adds to the schema what a router asks for (Apollo Federation, subgraph specification). */
export function createSubgraph(): Subgraph {
  const sdl = toSubgraphSdl(schema, ENTITIES);
  const { query, types, ...rest } = schema.toConfig();
  const config = (query as GraphQLObjectType).toConfig();
  const fields = { ...config.fields, _service: serviceField(sdl), _entities: entitiesField() };
  const subgraphQuery = new GraphQLObjectType({ ...config, fields });
  const others = types.filter((type) => type !== query);
  return { sdl, schema: new GraphQLSchema({ ...rest, query: subgraphQuery, types: others }) };
}

type Field = GraphQLFieldConfig<unknown, Context>;

function serviceField(sdl: string): Field {
  const service = new GraphQLObjectType<unknown, Context>({
    name: '_Service',
    description: 'What this subgraph is.',
    fields: {
      sdl: {
        type: new GraphQLNonNull(GraphQLString),
        description: 'Its schema, with keys.',
        resolve(_service, _args, context) {
          context.spend(SDL_ROWS);
          return sdl;
        },
      },
    },
  });
  return {
    type: new GraphQLNonNull(service),
    description: 'For composition.',
    resolve: () => ({}),
  };
}

function entitiesField(): Field {
  const any = new GraphQLScalarType({
    name: '_Any',
    description: 'A representation of an entity: __typename and the fields of one of its keys.',
  });
  return {
    type: new GraphQLNonNull(new GraphQLList(entityType())),
    description:
      'For routers: up to 100 entities by their keys, unless the server is set otherwise; null where one is gone.',
    args: {
      representations: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(any))),
        description: 'Each with __typename and the fields of one key.',
      },
    },
    resolve(_, args, context) {
      const { representations } = args as { representations: readonly unknown[] };
      const { limits } = context;
      // More would be a list of our things that a router makes one by one.
      if (representations.length > limits.representations) throw beyond('representations', limits);
      return context.counted(representations).map((one) => find(one, context));
    },
  };
}

/** What an entity was asked for as. A thing is of one type for all its life. */
const typeNames = new WeakMap<object, string>();

function entityType(): GraphQLUnionType {
  return new GraphQLUnionType({
    name: '_Entity',
    description: 'What other subgraphs may refer to.',
    types: [...ENTITIES.keys()].map((name) => schema.getType(name) as GraphQLObjectType),
    resolveType: (entity: object) => typeNames.get(entity),
  });
}

/** Each settles for itself: what one is wrong with, or whose engine is away, leaves the others. */
async function find(representation: unknown, context: Context): Promise<unknown> {
  const given = Object(representation) as Representation;
  const name = given['__typename'];
  const entity = typeof name === 'string' ? ENTITIES.get(name) : undefined;
  if (entity === undefined) {
    throw new PublicError('BAD_USER_INPUT', 'A representation names no entity of this subgraph.');
  }
  const found = await entity.find(given, context);
  if (typeof found === 'object' && found !== null) typeNames.set(found, name as string);
  return found ?? null;
}
