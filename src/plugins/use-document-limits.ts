import { type DocumentNode, type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { checkDocument } from '../limits/check-document.ts';
import { beyond, type Limits } from '../limits/limits.ts';

/**
 * Refuses documents that ask for too much when they are parsed: before validation, which takes seconds for some of
 * them, and once for each, since Yoga keeps what parsing gave.
 */
export function useDocumentLimits(schema: GraphQLSchema, limits: Limits): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => {
        const document = parseWithin(limits, source, options);
        checkDocument(document, schema, limits);
        return document;
      });
    },
  };
}

function parseWithin(limits: Limits, ...[source, options]: Parameters<typeof parse>): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: limits.tokens });
  } catch (error) {
    if (isTooLong(error)) throw beyond('tokens', limits);
    throw error;
  }
}

/** graphql-js says so in words only; what is nested too deep for the parser ends its stack instead. */
function isTooLong(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    /contains more tha[nt] \d+ tokens/.test((error as GraphQLError).message)
  );
}
