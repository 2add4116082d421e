import type { DocumentNode, GraphQLSchema } from 'graphql';
import { type DocumentSize, sizesOf } from './document-size.ts';
import { beyond, type Limits } from './limits.ts';

/** What is told first of a document that is too much in several ways. */
const ORDER: readonly (keyof DocumentSize)[] = [
  'depth',
  'aliases',
  'fields',
  'rootFields',
  'directives',
  'expensiveFields',
];

/** @throws PublicError of the first limit that an operation or fragment is beyond */
export function checkDocument(document: DocumentNode, schema: GraphQLSchema, limits: Limits): void {
  const sizes = sizesOf(document, schema);
  for (const name of ORDER) {
    if (sizes.some((size) => size[name] > limits[name])) throw beyond(name, limits);
  }
}
