import { parseReference } from '../engine/reference.ts';
import { compileReferencePattern } from '../engine/reference-pattern.ts';
import { PublicError } from '../errors.ts';
import {
  conditionsIn,
  type ImageFilter as Filter,
  MAX_CONDITIONS,
  type ReferencePattern,
} from '../image-index/image-filter.ts';
import { builder } from './builder.ts';

/** The longest text. */
const MAX_TEXT_LENGTH = 256;
/** The longest value of a label, which may be a sentence or two. */
const MAX_VALUE_LENGTH = 4_096;
/** How deep and and or and not may be nested. */
const MAX_NESTING = 8;

/** A filter as a client gives it. */
interface FilterInput {
  readonly references?: readonly string[] | null | undefined;
  readonly search?: string | null | undefined;
  readonly labels?:
    | readonly { key: string; value?: string | null | undefined }[]
    | null
    | undefined;
  readonly dangling?: boolean | null | undefined;
  readonly inUse?: boolean | null | undefined;
  readonly platform?:
    | {
        os?: string | null | undefined;
        architecture?: string | null | undefined;
        variant?: string | null | undefined;
      }
    | null
    | undefined;
  readonly createdAfter?: number | null | undefined;
  readonly createdBefore?: number | null | undefined;
  readonly createdAfterImage?: string | null | undefined;
  readonly createdBeforeImage?: string | null | undefined;
  readonly minSize?: number | null | undefined;
  readonly maxSize?: number | null | undefined;
  readonly digests?: readonly string[] | null | undefined;
  readonly hasAttestations?: boolean | null | undefined;
  readonly and?: readonly FilterInput[] | null | undefined;
  readonly or?: readonly FilterInput[] | null | undefined;
  readonly not?: FilterInput | null | undefined;
}

/** GraphQL input ImageLabelFilter. */
export const ImageLabelFilter = builder.inputType('ImageLabelFilter', {
  description: 'A label that an image must have.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The whole key.' }),
    value: t.string({ description: 'The whole value; any value when left out.' }),
  }),
});

const ImagePlatformFilter = builder.inputType('ImagePlatformFilter', {
  description: 'A platform that is available locally. What is left out may be anything.',
  fields: (t) => ({
    os: t.string({ description: 'OCI field os, e.g. linux.' }),
    architecture: t.string({ description: 'OCI field architecture, e.g. arm64.' }),
    variant: t.string({ description: 'OCI field variant, e.g. v8.' }),
  }),
});

/** GraphQL input ImageFilter; a reference, because it holds itself in and, or and not. */
export const ImageFilter = builder.inputRef<FilterInput>('ImageFilter');

ImageFilter.implement({
  description:
    'All given conditions must hold. A condition on something unknown is neither true nor false, and not of it neither; only true lists an image. An empty list matches nothing, in and it matches all. Filters are applied by the gateway and mean the same on every engine.',
  fields: (t) => ({
    references: t.stringList({
      description:
        "Docker's reference patterns; any may match a tag or digest reference, or its repository, in familiar or canonical spelling. * stops at a slash.",
    }),
    search: t.string({
      description:
        'Case-insensitive text in a tag, digest or ID, or in the key or value of a label that is not withheld, 256 characters at most.',
    }),
    labels: t.field({ type: [ImageLabelFilter], description: 'All must match.' }),
    dangling: t.boolean({ description: 'As isDangling.' }),
    inUse: t.boolean({ description: 'As inUse.' }),
    platform: t.field({
      type: ImagePlatformFilter,
      description:
        'Some available manifest matches, or, where the engine keeps no manifests, what an inspect says; unknown where one that does not match names no platform. Without manifests the first such question inspects every image of the engine once.',
    }),
    createdAfter: t.field({ type: 'DateTime', description: 'Created later than this.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Created earlier than this.' }),
    createdAfterImage: t.field({
      type: 'ImageReference',
      description:
        "As docker's filter since: created after this image of the same engine; unknown where the engine has no such image.",
    }),
    createdBeforeImage: t.field({
      type: 'ImageReference',
      description:
        "As docker's filter before: created before this image of the same engine; unknown where the engine has no such image.",
    }),
    minSize: t.field({ type: 'ByteSize', description: 'size is at least this.' }),
    maxSize: t.field({ type: 'ByteSize', description: 'size is at most this.' }),
    digests: t.field({
      type: ['Digest'],
      description:
        'An image ID, repo digest, manifest digest or layer diff ID; any may match. A digest that is none of the others may be a layer: the first such question inspects every image of the engine once.',
    }),
    hasAttestations: t.boolean({
      description:
        'Whether some manifest is an attestation; unknown where the engine keeps no manifests.',
    }),
    and: t.field({ type: [ImageFilter], description: 'All of these hold; true when empty.' }),
    or: t.field({ type: [ImageFilter], description: 'One of these holds; false when empty.' }),
    not: t.field({ type: ImageFilter, description: 'This does not hold.' }),
  }),
});

/** Parses what the grammar of GraphQL cannot. @throws PublicError BAD_USER_INPUT */
export function toImageFilter(input: FilterInput, depth = 0): Filter {
  if (depth > MAX_NESTING)
    throw new PublicError('BAD_USER_INPUT', 'The filter is nested too deep.');
  if (depth === 0 && conditionsIn(input) > MAX_CONDITIONS) throw tooLong();
  const { references, search, labels, platform, and, or, not, ...plain } = input;
  for (const text of [search, ...Object.values(platform ?? {})]) checkText(text);
  for (const { key, value } of labels ?? []) {
    checkText(key);
    checkText(value, MAX_VALUE_LENGTH);
  }
  const inner = (filters: readonly FilterInput[]) =>
    filters.map((filter) => toImageFilter(filter, depth + 1));
  return given({
    ...plain,
    createdAfterImage: input.createdAfterImage && parseReference(input.createdAfterImage),
    createdBeforeImage: input.createdBeforeImage && parseReference(input.createdBeforeImage),
    references: references && toReferencePatterns(references),
    search: search?.toLowerCase(),
    labels: labels?.map(({ key, value }) => ({ key, value: value ?? null })),
    platform: platform && {
      os: platform.os ?? null,
      architecture: platform.architecture ?? null,
      variant: platform.variant ?? null,
    },
    and: and && inner(and),
    or: or && inner(or),
    not: not && toImageFilter(not, depth + 1),
  });
}

/** @throws PublicError BAD_USER_INPUT */
export function checkText(text: string | null | undefined, longest = MAX_TEXT_LENGTH): void {
  if (text != null && text.length > longest) throw tooLong();
}

function tooLong(): PublicError {
  return new PublicError('BAD_USER_INPUT', 'The filter has a text or list that is too long.');
}

/** @throws PublicError BAD_USER_INPUT */
export function toReferencePatterns(texts: readonly string[]): readonly ReferencePattern[] {
  if (texts.length > MAX_CONDITIONS) throw tooLong();
  return texts.map((text) => {
    const pattern = compileReferencePattern(text);
    if (pattern !== null) return pattern;
    throw new PublicError('BAD_USER_INPUT', 'A reference pattern is malformed.');
  });
}

/** Without the conditions that are null or left out. */
function given(conditions: Record<string, unknown>): Filter {
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value != null));
}
