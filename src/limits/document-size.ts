import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import { isExpensive } from './expensive-field.ts';
import type { Limits } from './limits.ts';

/** How much a part of a document asks for, each fragment counted as often as it is spread. */
export type DocumentSize = Pick<
  Limits,
  'depth' | 'aliases' | 'fields' | 'rootFields' | 'directives' | 'expensiveFields'
>;

type Size = { -readonly [Name in keyof DocumentSize]: DocumentSize[Name] };
type Type = GraphQLNamedType | null | undefined;

/**
 * The size of each operation, and of each fragment by itself, since validation looks at those that are never spread
 * too. It takes as long as the document is, whatever its fragments multiply to: each is counted once. One that leads
 * back to itself counts as nothing there; validation refuses it.
 */
export function sizesOf(document: DocumentNode, schema: GraphQLSchema): readonly DocumentSize[] {
  const operations: OperationDefinitionNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const count = { schema, fragments, counted: new Map<string, Size>() };
  return [
    ...operations.map((operation) => ofOperation(operation, count)),
    // A fragment has no top: an operation that spreads it has.
    ...[...fragments.keys()].map((name) => ({ ...ofFragment(name, count), rootFields: 0 })),
  ];
}

/** One document while it is counted. */
interface Count {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By name of the fragment. */
  readonly counted: Map<string, Size>;
}

function ofOperation(operation: OperationDefinitionNode, count: Count): Size {
  const { directives = [], variableDefinitions = [], selectionSet } = operation;
  const size = ofSelections(selectionSet, count.schema.getRootType(operation.operation), count);
  size.directives += directives.length;
  for (const variable of variableDefinitions) {
    size.directives += variable.directives?.length ?? 0;
  }
  return size;
}

function ofFragment(name: string, count: Count): Size {
  const { schema, fragments, counted } = count;
  const known = counted.get(name);
  if (known !== undefined) return known;
  counted.set(name, nothing());
  const fragment = fragments.get(name);
  if (fragment === undefined) return nothing();
  const type = schema.getType(fragment.typeCondition.name.value);
  const size = ofSelections(fragment.selectionSet, type, count);
  size.directives += fragment.directives?.length ?? 0;
  counted.set(name, size);
  return size;
}

function ofSelections(set: SelectionSetNode | undefined, parent: Type, count: Count): Size {
  const sum = nothing();
  for (const selection of set?.selections ?? []) {
    add(sum, ofSelection(selection, parent, count));
    sum.directives += selection.directives?.length ?? 0;
  }
  return sum;
}

function ofSelection(selection: SelectionNode, parent: Type, count: Count): Size {
  if (selection.kind === Kind.FIELD) return ofField(selection, parent, count);
  if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value, count);
  const { typeCondition, selectionSet } = selection;
  const type = typeCondition ? count.schema.getType(typeCondition.name.value) : parent;
  return ofSelections(selectionSet, type, count);
}

function ofField({ name, alias, selectionSet }: FieldNode, parent: Type, count: Count): Size {
  const field = fieldOf(parent, name.value);
  const size = ofSelections(selectionSet, field && getNamedType(field.type), count);
  // Questions about the schema are deep and long; aliases, which would multiply them, they have none.
  const own = isIntrospectionType(parent) ? 0 : 1;
  size.depth += own;
  size.fields += own;
  size.rootFields = 1;
  if (alias !== undefined) size.aliases++;
  if (field !== undefined && isExpensive(field)) size.expensiveFields++;
  return size;
}

function nothing(): Size {
  return { depth: 0, aliases: 0, fields: 0, rootFields: 0, directives: 0, expensiveFields: 0 };
}

function add(sum: Size, more: DocumentSize): void {
  sum.depth = Math.max(sum.depth, more.depth);
  sum.aliases += more.aliases;
  sum.fields += more.fields;
  sum.rootFields += more.rootFields;
  sum.directives += more.directives;
  sum.expensiveFields += more.expensiveFields;
}

/** What __schema and __type lead to. */
function isIntrospectionType(type: Type): boolean {
  return type?.name.startsWith('__') === true;
}

function fieldOf(parent: Type, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined;
  return parent.getFields()[name];
}
