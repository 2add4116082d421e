import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { documentOf, goodValue, onePerPage, selectionsOf, type Way } from './documents.ts';

/** Where a client can put a value: a leaf of an argument, however deep in input objects. */
export interface Place {
  /** E.g. Query.images(filter.labels.key); with a type where the field may give several. */
  readonly name: string;
  readonly operation: 'query' | 'subscription';
  readonly leaf: GraphQLNamedInputType;
  /** Whether it is in a list of leaves, which takes several values at once. */
  readonly isList: boolean;
  /** A document that puts so many arguments there, each a variable: v0, v1, … */
  document(count: number): string;
  /** The value of one such variable. */
  argument(values: readonly unknown[]): unknown;
}

/** Every place of a schema: what is added to the schema is found by itself. */
export function placesOf(schema: GraphQLSchema): readonly Place[] {
  const [query, subscription] = [schema.getQueryType(), schema.getSubscriptionType()];
  const places = [...waysFrom(query)].flatMap(([type, way]) =>
    placesOfType(schema, 'query', type, way),
  );
  const toItself: Way = (selection) => selection;
  if (subscription) places.push(...placesOfType(schema, 'subscription', subscription, toItself));
  return places;
}

/** The shortest way to each object type over fields that need no argument. */
function waysFrom(root: GraphQLObjectType | null | undefined): ReadonlyMap<GraphQLObjectType, Way> {
  const ways = new Map<GraphQLObjectType, Way>();
  const queue: (readonly [GraphQLObjectType, Way])[] = root ? [[root, (inner) => inner]] : [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [type, way] = next;
    if (ways.has(type)) continue;
    ways.set(type, way);
    for (const field of Object.values(type.getFields())) {
      const to = getNamedType(field.type);
      if (!isObjectType(to) || field.args.some(isRequiredArgument)) continue;
      queue.push([to, (inner) => way(`${field.name}${onePerPage(field)} { ${inner} }`)]);
    }
  }
  return ways;
}

function placesOfType(
  schema: GraphQLSchema,
  operation: Place['operation'],
  type: GraphQLObjectType,
  way: Way,
): Place[] {
  return Object.values(type.getFields()).flatMap((field) =>
    selectionsOf(schema, field).flatMap(([gives, selection]) =>
      field.args.flatMap((argument) =>
        leavesOf(argument).map(({ path, leaf, isList, wrap }) => ({
          name: `${type.name}.${field.name}(${[argument.name, ...path].join('.')})${gives}`,
          operation,
          leaf,
          isList,
          argument: wrap,
          document: (count: number) =>
            documentOf({ operation, way, field, argument, selection }, count),
        })),
      ),
    ),
  );
}

interface Leaf extends Pick<Place, 'leaf' | 'isList'> {
  readonly path: readonly string[];
  readonly wrap: Place['argument'];
}

/** Leaves of one argument. An input type within itself is not gone into again. */
function leavesOf(
  { type }: GraphQLArgument | GraphQLInputField,
  within: readonly string[] = [],
): readonly Leaf[] {
  const leaf = getNamedType(type);
  const isList = isListType(getNullableType(type));
  if (isLeafType(leaf)) {
    const wrap: Leaf['wrap'] = isList ? (values) => values : ([value]) => value;
    return [{ path: [], leaf, isList, wrap }];
  }
  if (!isInputObjectType(leaf) || within.includes(leaf.name)) return [];
  const fields = Object.values(leaf.getFields());
  const others = fields
    .filter(isRequiredInputField)
    .map((field) => [field.name, goodValue(field.type)]);
  return fields.flatMap((field) =>
    leavesOf(field, [...within, leaf.name]).map((inner) => ({
      ...inner,
      path: [field.name, ...inner.path],
      wrap(values: readonly unknown[]) {
        const object = { ...Object.fromEntries(others), [field.name]: inner.wrap(values) };
        return isList ? [object] : object;
      },
    })),
  );
}
