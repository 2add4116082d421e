import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql';

/** Where a client can put a value: a leaf of an argument, however deep in input objects. */
export interface Place {
  /** E.g. Query.images(filter.labels.key). */
  readonly name: string;
  readonly operation: 'query' | 'subscription';
  readonly leaf: GraphQLNamedInputType;
  /** Whether it is in a list of leaves, which takes several values at once. */
  readonly isList: boolean;
  /** A document that puts as many arguments as it is given variables' values there. */
  document(count: number): string;
  /** The value of one argument. */
  argument(values: readonly unknown[]): unknown;
}

/** Selections around a field: from the root to where it is. */
type Way = (selection: string) => string;

type Wrap = (values: readonly unknown[]) => unknown;

/** Every place of a schema. What is added to the schema is found by itself. */
export function placesOf(schema: GraphQLSchema): readonly Place[] {
  const places: Place[] = [];
  const [query, subscription] = [schema.getQueryType(), schema.getSubscriptionType()];
  for (const [type, way] of waysTo(query)) {
    places.push(...placesOfType(schema, 'query', type, way));
  }
  if (subscription) places.push(...placesOfType(schema, 'subscription', subscription, (s) => s));
  return places;
}

/** The shortest way to each object type that needs no argument of its own. */
function waysTo(root: GraphQLObjectType | null | undefined): ReadonlyMap<GraphQLObjectType, Way> {
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

/** Types without a way are given by _entities alone, whose representations are places themselves. */
function placesOfType(
  schema: GraphQLSchema,
  operation: Place['operation'],
  type: GraphQLObjectType,
  way: Way,
): readonly Place[] {
  return Object.values(type.getFields()).flatMap((field) =>
    field.args.flatMap((argument) =>
      leavesOf(argument).map(({ path, leaf, isList, wrap }) => ({
        name: `${type.name}.${field.name}(${[argument.name, ...path].join('.')})`,
        operation,
        leaf,
        isList,
        argument: wrap,
        document: (count: number) =>
          documentOf(operation, way, argument, fieldWith(schema, field, argument), count),
      })),
    ),
  );
}

interface Leaf {
  readonly path: readonly string[];
  readonly leaf: GraphQLNamedInputType;
  readonly isList: boolean;
  readonly wrap: Wrap;
}

/** Leaves of one argument. An input type within itself is not gone into again. */
function leavesOf(
  { type }: GraphQLArgument | GraphQLInputField,
  within: ReadonlySet<string> = new Set(),
): readonly Leaf[] {
  const nullable = getNullableType(type);
  const named = getNamedType(type);
  const isList = isListType(nullable);
  if (isLeafType(named)) {
    const wrap: Wrap = isList ? (values) => values : ([value]) => value;
    return [{ path: [], leaf: named, isList, wrap }];
  }
  if (!isInputObjectType(named) || within.has(named.name)) return [];
  const fields = named.getFields();
  return Object.values(fields).flatMap((field) =>
    leavesOf(field, new Set([...within, named.name])).map((inner) => ({
      ...inner,
      path: [field.name, ...inner.path],
      wrap: (values: readonly unknown[]) => {
        const object = { ...required(Object.values(fields)), [field.name]: inner.wrap(values) };
        return isList ? [object] : object;
      },
    })),
  );
}

/** Something good for each field that must be there. */
function required(fields: readonly GraphQLInputField[]): object {
  const needed = fields.filter(isRequiredInputField);
  return Object.fromEntries(needed.map(({ name, type }) => [name, goodValue(type)]));
}

function goodValue(type: GraphQLInputType): unknown {
  const named = getNamedType(type);
  const good = isEnumType(named) ? named.getValues()[0]?.name : 'alpine';
  return isListType(getNullableType(type)) ? [good] : good;
}

/** A field as text, with a variable for one argument and something good for the others that must be there. */
function fieldWith(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  argument: GraphQLArgument,
): (variable: string) => string {
  const others = field.args
    .filter((other) => other !== argument)
    .flatMap((other) => {
      if (isRequiredArgument(other)) return [`${other.name}: ${literal(goodValue(other.type))}`];
      return other.name === 'first' && argument.name !== 'last' ? ['first: 1'] : [];
    });
  const selection = selectionOf(schema, field);
  return (variable) =>
    `${field.name}(${[`${argument.name}: ${variable}`, ...others].join(', ')})${selection}`;
}

const literal = (value: unknown): string => JSON.stringify(value);

function onePerPage(field: GraphQLField<unknown, unknown>): string {
  return field.args.some(({ name }) => name === 'first') ? '(first: 1)' : '';
}

/** All leaves; where a field gives things of several types, also those of what they lead to. */
function selectionOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  if (isUnionType(type) || isInterfaceType(type)) {
    const all = schema.getPossibleTypes(type).map((one) => `... on ${one.name} ${leaves(one, 1)}`);
    return ` { __typename ${all.join(' ')} }`;
  }
  return isObjectType(type) ? ` ${leaves(type)}` : '';
}

function leaves(type: GraphQLObjectType, further = 0): string {
  const selections = Object.values(type.getFields())
    .filter((field) => !field.args.some(isRequiredArgument))
    .flatMap((field) => {
      const to = getNamedType(field.type);
      if (isLeafType(to)) return [field.name];
      const isOne = isObjectType(to) && !isListType(getNullableType(field.type));
      return isOne && further > 0 ? [`${field.name} ${leaves(to, further - 1)}`] : [];
    });
  return `{ __typename ${selections.join(' ')} }`;
}

function documentOf(
  operation: Place['operation'],
  way: Way,
  argument: GraphQLArgument,
  field: (variable: string) => string,
  count: number,
): string {
  const numbers = Array.from({ length: count }, (_, at) => at);
  const variables = numbers.map((at) => `$v${at}: ${String(argument.type)}`).join(', ');
  const fields = numbers.map((at) => `a${at}: ${field(`$v${at}`)}`).join(' ');
  return `${operation}(${variables}) { ${way(fields)} }`;
}
