import { type DocumentNode, type GraphQLSchema, Kind, parse, validate } from 'graphql';
import { checkDocument } from '../limits/check-document.ts';
import type { Limits } from '../limits/limits.ts';
import type { Manifest } from './manifest.ts';

/** The only documents that may be run, parsed. */
export interface TrustedDocuments {
  /** The text that an id stands for, with or without the sha256: before a hash. */
  textOf(id: string): string | undefined;
  /** What a text parses to when it is, to the letter, one of the manifest. */
  documentOf(text: string): DocumentNode | undefined;
}

/** What is wrong with a manifest, a line for each operation that cannot be run. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Parses and checks documents once and for all. Of the limits only that of tokens does not hold for them: it is there
 * for the parser, and nobody else's text is parsed.
 * @throws ManifestError
 */
export function trustDocuments(
  manifest: Manifest,
  schema: GraphQLSchema,
  limits: Limits,
): TrustedDocuments {
  const ids = new Map<string, string>();
  const documents = new Map<string, DocumentNode>();
  const problems: string[] = [];
  for (const [id, text] of manifest) {
    ids.set(id, text);
    try {
      documents.set(text, trusted(text, schema, limits));
    } catch (error) {
      problems.push(`Trusted document ${JSON.stringify(id)}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new ManifestError(problems.join('\n'));
  return {
    textOf: (id) => spellings(id).flatMap((one) => ids.get(one) ?? [])[0],
    documentOf: (text) => documents.get(text),
  };
}

/** @throws Error that says why it cannot be run */
function trusted(text: string, schema: GraphQLSchema, limits: Limits): DocumentNode {
  const document = parse(text);
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  // graphql-js finds a mutation valid where there is none.
  if (operations.length === 0 || operations.some((one) => !schema.getRootType(one.operation))) {
    throw new Error('It holds something else than queries and subscriptions.');
  }
  checkDocument(document, schema, limits);
  const [problem] = validate(schema, document);
  if (problem !== undefined) throw problem;
  return document;
}

/** Apollo's clients send a bare hash, the draft of GraphQL over HTTP has its algorithm before it. */
function spellings(id: string): readonly string[] {
  const hash = /^(?:sha256:)?([0-9a-f]{64})$/.exec(id)?.[1];
  return hash === undefined ? [id] : [id, hash, `sha256:${hash}`];
}
