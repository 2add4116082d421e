import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** Selections around a field: from the root to where it is. */
export type Way = (selection: string) => string;

type Field = GraphQLField<unknown, unknown>;

/** What a document asks for: one field, with something in one of its arguments. */
export interface Asked {
  readonly operation: 'query' | 'subscription';
  readonly way: Way;
  readonly field: Field;
  readonly argument: GraphQLArgument;
  readonly selection: string;
}

/** A document with the field so many times, and a variable for the argument each time: v0, v1, … */
export function documentOf(asked: Asked, count: number): string {
  const { operation, way, field, argument, selection } = asked;
  const others = othersOf(field, argument);
  const numbers = Array.from({ length: count }, (_, at) => at);
  const variables = numbers.map((at) => `$v${at}: ${String(argument.type)}`).join(', ');
  const fields = numbers.map((at) => {
    const given = [`${argument.name}: $v${at}`, ...others].join(', ');
    return `a${at}: ${field.name}(${given})${selection}`;
  });
  return `${operation}(${variables}) { ${way(fields.join(' '))} }`;
}

/** Something good for each other argument that must be there, and small pages. */
function othersOf(field: Field, argument: GraphQLArgument): readonly string[] {
  return field.args
    .filter((other) => other !== argument)
    .flatMap((other) => {
      if (isRequiredArgument(other)) return [`${other.name}: ${literal(other.type)}`];
      return other.name === 'first' && argument.name !== 'last' ? ['first: 1'] : [];
    });
}

/** A value that is taken. */
export function goodValue(type: GraphQLInputType): unknown {
  const named = getNamedType(type);
  const good = isEnumType(named) ? named.getValues()[0]?.name : 'alpine';
  return isListType(getNullableType(type)) ? [good] : good;
}

const literal = (type: GraphQLInputType): string => JSON.stringify(goodValue(type));

export function onePerPage(field: Field): string {
  return field.args.some(({ name }) => name === 'first') ? '(first: 1)' : '';
}

/** What is selected of a field: all leaves, for each type that it may give; lists are asked once only, for more. */
export function selectionsOf(
  schema: GraphQLSchema,
  field: Field,
): readonly (readonly [type: string, selection: string])[] {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return [['', '']];
  if (isObjectType(type)) return [['', ` ${leaves(type, 0)}`]];
  if (!isAbstractType(type)) return [];
  const further = isListType(getNullableType(field.type)) ? 1 : 0;
  return schema
    .getPossibleTypes(type)
    .map((one) => [`: ${one.name}`, ` { ... on ${one.name} ${leaves(one, further)} }`]);
}

/** @param further how many fields deep, through fields that give one thing */
function leaves(type: GraphQLObjectType, further: number): string {
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
