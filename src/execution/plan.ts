import { collectFields, collectSubFields } from '@graphql-tools/utils';
import { defaultFieldResolver, type FieldNode, type GraphQLObjectType } from 'graphql';
import { completionOf } from './completion.ts';
import { assembly, jsonAssembly } from './assembly.ts';
import { type Operation, Unsupported } from './execution.ts';
import { jsonCompletionOf } from './json-completion.ts';
import { frameLength } from './length.ts';
import type { SelectedField, Selection } from './selection.ts';

/** Coerced values of the variables that @skip and @include name. */
export type Conditions = Readonly<Record<string, unknown>>;

/**
 * What an operation selects, worked out once for each of the values that its conditions can have. Selections
 * below the first are worked out when an execution reaches them.
 * @param count is told of each selection how many fields it has, when it is worked out
 * @throws Unsupported
 */
export function planOperation(
  type: GraphQLObjectType,
  { schema, fragments, operation }: Operation,
  conditions: Conditions,
  count: (fields: number) => void,
): Selection {
  const variables = { coerced: conditions, sources: {} };

  function toSelection(
    parentType: GraphQLObjectType,
    { fields, patches }: ReturnType<typeof collectFields>,
    isJson: boolean,
  ): Selection {
    if (patches.length > 0) throw new Unsupported('@defer');
    const keys = [...fields.keys()];
    count(keys.length);
    const selected = [...fields].map(
      ([key, nodes]) => [key, toField(parentType, key, nodes, isJson)] as const,
    );
    const assemble = isJson ? jsonAssembly(parentType, keys) : assembly(parentType, keys);
    const frame = frameLength(parentType.name, fields);
    return { fields: new Map(selected), frame, assemble };
  }

  function toField(
    parentType: GraphQLObjectType,
    key: string,
    nodes: readonly FieldNode[],
    isJson: boolean,
  ): SelectedField | null {
    // An assignment to __proto__ would set no field of the answer.
    if (key === '__proto__') throw new Unsupported(key);
    const [node] = nodes as [FieldNode];
    if (node.name.value === '__typename') return null;
    if (nodes.some((each) => each.directives?.some(({ name }) => name.value === 'stream'))) {
      throw new Unsupported('@stream');
    }
    const definition = parentType.getFields()[node.name.value];
    if (definition === undefined) throw new Unsupported(node.name.value);
    const fieldNodes = [...nodes];
    const selectionOf = (json: boolean) => (fieldType: GraphQLObjectType) =>
      toSelection(
        fieldType,
        collectSubFields(schema, fragments, variables, fieldType, fieldNodes),
        json,
      );
    return {
      key,
      nodes: fieldNodes as [FieldNode, ...FieldNode[]],
      parentType,
      definition,
      resolve: definition.resolve ?? readerOf(definition.name),
      takesInfo: takesInfo(definition.resolve),
      complete: isJson
        ? jsonCompletionOf(definition.type, selectionOf(false), selectionOf(true))
        : completionOf(definition.type, selectionOf(false)),
    };
  }

  const selected = collectFields(schema, fragments, variables, type, operation.selectionSet);
  return toSelection(type, selected, true);
}

/** graphql-js's default resolver, quick where it finds a property that is no method. */
function readerOf(name: string): SelectedField['resolve'] {
  return (parent, args, context, info) => {
    if (typeof parent !== 'object' || parent === null) return undefined;
    const value = (parent as Record<string, unknown>)[name];
    return typeof value === 'function' ? defaultFieldResolver(parent, args, context, info) : value;
  };
}

/** Whether a resolver has a fourth parameter, or may have one that its length does not tell of. */
function takesInfo(resolve: ((...given: never[]) => unknown) | undefined): boolean {
  return resolve !== undefined && (resolve.length === 0 || resolve.length > 3);
}
