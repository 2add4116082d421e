import { Kind, type ValueNode } from 'graphql';
import { isDigest, parseReference } from '../engine/reference.ts';
import { PublicError } from '../errors.ts';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description: 'An instant, RFC 3339 in UTC, e.g. 2026-11-24T12:00:00Z.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: toInstant,
  parseValue: parseInstant,
});

builder.scalarType('Digest', {
  description:
    'An OCI content digest, algorithm:hex, e.g. sha256 and 64 hex digits (OCI image-spec, descriptor).',
  serialize: (digest) => digest,
  parseValue(value) {
    if (typeof value === 'string' && isDigest(value)) return value;
    throw new PublicError('BAD_USER_INPUT', 'Not a digest. Use sha256: and 64 hex digits.');
  },
});

builder.scalarType('ByteSize', {
  description: 'A number of bytes, as a JSON number: an integer from 0 to 2^53-1.',
  serialize: (bytes) => bytes,
  parseValue: parseByteSize,
  // A literal beyond 32 bits is still an integer.
  parseLiteral: (node: ValueNode) =>
    parseByteSize(node.kind === Kind.INT ? Number(node.value) : null),
});

builder.scalarType('ImageReference', {
  description:
    'An image name, name:tag, name@digest, or an image ID (whole, or an unambiguous prefix of at least 4 hex digits), by the distribution reference grammar.',
  serialize: (reference) => reference,
  parseValue: checkReference,
});

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const DAY = 86_400;
/** More than there are days between the images of any one engine. */
const MAX_DAYS = 4_096;
const dates = new Map<number, string>();

/** A Date for each image of a page would cost more than the rest of its fields. */
function toInstant(seconds: number): string {
  if (!Number.isInteger(seconds)) {
    return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  }
  const day = Math.floor(seconds / DAY);
  const second = seconds - day * DAY;
  const [hours, minutes] = [Math.floor(second / 3600), Math.floor(second / 60) % 60];
  return `${toDate(day)}T${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(second % 60)}Z`;
}

function toDate(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  if (dates.size >= MAX_DAYS) dates.clear();
  const [date = ''] = new Date(day * DAY * 1000).toISOString().split('T');
  dates.set(day, date);
  return date;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

function parseInstant(value: unknown): number {
  const time = typeof value === 'string' && RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time / 1000;
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
