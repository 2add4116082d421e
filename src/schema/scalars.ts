import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { isDigest, parseReference } from '../engine/reference.ts';
import { PublicError } from '../errors.ts';
import { builder } from './builder.ts';
import { formatInstant, parseInstant } from './instant.ts';

builder.scalarType('DateTime', {
  description: 'An instant, RFC 3339 in UTC, e.g. 2026-11-24T12:00:00Z.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: formatInstant,
  parseValue: checkInstant,
  parseLiteral: located(checkInstant),
});

builder.scalarType('Digest', {
  description:
    'An OCI content digest (OCI image-spec, descriptor): sha256, sha384 or sha512, a colon, and as many lower-case hex digits as that has.',
  serialize: (digest) => digest,
  parseValue: checkDigest,
  parseLiteral: located(checkDigest),
});

builder.scalarType('ByteSize', {
  description: 'A number of bytes, as a JSON number: an integer from 0 to 2^53-1.',
  serialize: (bytes) => bytes,
  parseValue: parseByteSize,
  // A literal beyond 32 bits is still an integer.
  parseLiteral: located(parseByteSize, (node) =>
    node.kind === Kind.INT ? Number(node.value) : null,
  ),
});

builder.scalarType('ImageReference', {
  description:
    'An image name, name:tag, name@digest, or an image ID (whole, or an unambiguous prefix of at least 4 hex digits), by the distribution reference grammar.',
  serialize: (reference) => reference,
  parseValue: checkReference,
  parseLiteral: located(checkReference),
});

/** What is wrong with a literal says where it is, which graphql-js adds only to errors that are none of its own. */
function located<Result>(
  parse: (value: unknown) => Result,
  valueOf: (node: ValueNode) => unknown = valueFromASTUntyped,
): (node: ValueNode) => Result {
  return (node) => {
    try {
      return parse(valueOf(node));
    } catch (error) {
      const { message } = error as Error;
      throw new GraphQLError(message, { nodes: node, originalError: error as Error });
    }
  };
}

function checkDigest(value: unknown): string {
  if (typeof value === 'string' && isDigest(value)) return value;
  throw new PublicError('BAD_USER_INPUT', 'Not a digest. Use sha256: and 64 hex digits.');
}

function checkInstant(value: unknown): number {
  const seconds = typeof value === 'string' ? parseInstant(value) : null;
  if (seconds !== null) return seconds;
  throw new PublicError('BAD_USER_INPUT', 'Not an instant. Use RFC 3339: 2026-11-24T12:00:00Z.');
}

function parseByteSize(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PublicError('BAD_USER_INPUT', 'Not a size. Use a whole number of bytes, 0 to 2^53-1.');
}

function checkReference(value: unknown): string {
  if (typeof value === 'string' && parseReference(value) !== null) return value;
  throw new PublicError('INVALID_REFERENCE');
}
