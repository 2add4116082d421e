import { type GraphQLError, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { PublicError } from '../errors.ts';

/** The most tokens of one document: GraphiQL's introspection has 184. */
const MAX_TOKENS = 1_000;

/**
 * Refuses long documents before they are parsed, validated or counted: a request of 256 KiB with thousands of aliases
 * would otherwise cost seconds and a gigabyte.
 */
export function useTokenLimit(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parse(source, { ...options, maxTokens: MAX_TOKENS });
        } catch (error) {
          if (isTooLong(error)) throw tooLong();
          throw error;
        }
      });
    },
  };
}

/** graphql-js says so in words only; what is nested too deep for the parser ends its stack instead. */
function isTooLong(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    /contains more tha[nt] \d+ tokens/.test((error as GraphQLError).message)
  );
}

function tooLong(): PublicError {
  return new PublicError(
    'GRAPHQL_PARSE_FAILED',
    `The query has more than ${MAX_TOKENS} tokens. Ask for less at once.`,
  );
}
