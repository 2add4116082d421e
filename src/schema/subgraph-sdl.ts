import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  lexicographicSortSchema,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';
import type { Entity } from './entities.ts';

/** Enough for @key and @shareable as they are used here, so that old composers take it too. */
const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
/** Types that every Relay subgraph has, and all with the same fields. */
const SHAREABLE: ReadonlySet<string> = new Set(['PageInfo']);
/** What no two subgraphs can have both: only one of them would be asked for the things of all. */
const NOT_COMPOSED: ReadonlySet<string> = new Set(['node', 'nodes']);

/** The schema for composition: with keys, without Query.node and Query.nodes, which are served all the same. */
export function toSubgraphSdl(
  schema: GraphQLSchema,
  entities: ReadonlyMap<string, Entity>,
): string {
  const document = parse(printSchema(lexicographicSortSchema(schema)), { noLocation: true });
  const composed: DocumentNode = visit(document, {
    ObjectTypeDefinition(type: ObjectTypeDefinitionNode) {
      const name = type.name.value;
      const keys = entities.get(name)?.keys.map(key) ?? [];
      const fields = type.fields?.filter(
        (field) => name !== 'Query' || !NOT_COMPOSED.has(field.name.value),
      );
      const directives = [...keys, ...(SHAREABLE.has(name) ? [directive('shareable')] : [])];
      return { ...type, directives, fields };
    },
  });
  return `${LINK}\n\n${print(composed)}\n`;
}

function key(fields: string): ConstDirectiveNode {
  return directive('key', fields);
}

function directive(name: string, fields?: string): ConstDirectiveNode {
  const argument = (value: string) => ({
    kind: Kind.ARGUMENT as const,
    name: { kind: Kind.NAME as const, value: 'fields' },
    value: { kind: Kind.STRING as const, value },
  });
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: fields === undefined ? [] : [argument(fields)],
  };
}
