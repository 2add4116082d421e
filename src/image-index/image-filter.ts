import type { Platform } from '../engine/image-row.ts';
import type { ParsedName, ParsedReference } from '../engine/reference.ts';
import type { ContainerView } from './container-view.ts';
import type { LayerView } from './details/layer-view.ts';
import { type Image, type ImageView, isNamedByDigest } from './image-view.ts';
import { isFoundIn } from './search-text.ts';

/**
 * A condition on an image: true, false, or null when it is about something unknown. Unknown stays unknown
 * under not, so that only what is known to match is listed (Kleene's three-valued logic).
 */
export type Condition = (image: Image) => boolean | null;

/** A filter with its references and patterns parsed. All given conditions must hold. */
export interface ImageFilter {
  /** Any may match; each is a compiled reference pattern. */
  readonly references?: readonly ReferencePattern[];
  /** Lower-case text. */
  readonly search?: string;
  readonly labels?: readonly { readonly key: string; readonly value: string | null }[];
  readonly dangling?: boolean;
  readonly inUse?: boolean;
  readonly platform?: {
    readonly os: string | null;
    readonly architecture: string | null;
    readonly variant: string | null;
  };
  /** Seconds since 1970. */
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  readonly createdAfterImage?: ParsedReference;
  readonly createdBeforeImage?: ParsedReference;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly digests?: readonly string[];
  readonly hasAttestations?: boolean;
  readonly and?: readonly ImageFilter[];
  readonly or?: readonly ImageFilter[];
  readonly not?: ImageFilter;
}

/** A compiled pattern of reference-pattern.ts. */
export type ReferencePattern = (name: ParsedName) => boolean;

/** What filters look at beside the images, of the same engine; null for what none of their conditions needs. */
export interface FilterSources {
  readonly containers: ContainerView | null;
  readonly layers: LayerView | null;
}

/** Whether answering a filter takes the containers. */
export function needsContainers(filter: ImageFilter): boolean {
  return filter.inUse !== undefined || nestedIn(filter).some(needsContainers);
}

/**
 * Whether answering a filter takes the layers of all images: for a digest that is not that of an image or manifest,
 * and for platforms where no manifests are kept.
 */
export function needsLayers(filter: ImageFilter, images: ImageView): boolean {
  const isOpen = (digest: string) => images.imagesOfDigest(digest).length === 0;
  return (
    (filter.digests?.some(isOpen) ?? false) ||
    (filter.platform !== undefined && images.rows.some(({ manifests }) => manifests === null)) ||
    nestedIn(filter).some((inner) => needsLayers(inner, images))
  );
}

/** The most conditions that a whole filter may have. */
export const MAX_CONDITIONS = 100;

/** Filters in a filter. */
interface Nesting<Filter> {
  readonly and?: readonly Filter[] | null | undefined;
  readonly or?: readonly Filter[] | null | undefined;
  readonly not?: Filter | null | undefined;
}

/** A filter before or after it is parsed. */
interface AnyFilter extends Nesting<AnyFilter> {}

/**
 * What a filter holds each image against, in all that are nested in it: every pattern, label and digest, and every other
 * condition. One without any counts too. It stops where there are more than MAX_CONDITIONS.
 */
export function conditionsIn(filter: AnyFilter): number {
  let count = 0;
  for (const [name, value] of Object.entries(filter)) {
    if (value == null || NESTING.has(name)) continue;
    count += Array.isArray(value) ? value.length : 1;
  }
  for (const inner of nestedIn(filter)) {
    if (count > MAX_CONDITIONS) break;
    count += conditionsIn(inner);
  }
  return Math.max(1, count);
}

const NESTING: ReadonlySet<string> = new Set(['and', 'or', 'not']);

function nestedIn<Filter>({ and, or, not }: Nesting<Filter>): readonly Filter[] {
  return [...(and ?? []), ...(or ?? []), ...(not ? [not] : [])];
}

/** @param sources what needsContainers and needsLayers say is needed */
export function compileFilter(filter: ImageFilter, sources: FilterSources): Condition {
  const own = (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[])
    .filter((name) => filter[name] !== undefined)
    .map((name) => (CONDITIONS[name] as Compile<unknown>)(filter[name], sources));
  const nested = (filters: readonly ImageFilter[]) =>
    filters.map((inner) => compileFilter(inner, sources));
  if (filter.and !== undefined) own.push(all(nested(filter.and)));
  if (filter.or !== undefined) own.push(any(nested(filter.or)));
  if (filter.not !== undefined) own.push(not(compileFilter(filter.not, sources)));
  return all(own);
}

function all(conditions: readonly Condition[]): Condition {
  return (image) => {
    let result: boolean | null = true;
    for (const condition of conditions) {
      const value = condition(image);
      if (value === false) return false;
      if (value === null) result = null;
    }
    return result;
  };
}

function any(conditions: readonly Condition[]): Condition {
  return not(all(conditions.map(not)));
}

function not(condition: Condition): Condition {
  return (image) => {
    const value = condition(image);
    return value === null ? null : !value;
  };
}

type Compile<Value> = (value: Value, sources: FilterSources) => Condition;
type Compilers = {
  [Name in Exclude<keyof ImageFilter, 'and' | 'or' | 'not'>]-?: Compile<
    NonNullable<ImageFilter[Name]>
  >;
};

const CONDITIONS: Compilers = {
  references: (patterns) => (image) =>
    namesOf(image).some((name) => patterns.some((pattern) => pattern(name))),
  search: (text) => (image) => isFoundIn(image, text),
  // The contract has an empty list match nothing, and only the one of and match all.
  labels: (wanted) => (image) =>
    wanted.length > 0 &&
    wanted.every(({ key, value }) =>
      image.row.labels.some((own) => own.key === key && (value === null || own.value === value)),
    ),
  dangling: (wanted) => (image) => isDangling(image) === wanted,
  inUse:
    (wanted, { containers }) =>
    (image) =>
      containers === null ? null : containers.usersOf(image).length > 0 === wanted,
  platform:
    (wanted, { layers }) =>
    (image) =>
      hasPlatform(image, wanted, layers),
  createdAfter: (time) => (image) => (image.row.created === null ? null : image.row.created > time),
  createdBefore: (time) => (image) =>
    image.row.created === null ? null : image.row.created < time,
  createdAfterImage: (reference) => comparedTo(reference, (own, other) => own > other),
  createdBeforeImage: (reference) => comparedTo(reference, (own, other) => own < other),
  minSize: (size) => (image) => image.row.size >= size,
  maxSize: (size) => (image) => image.row.size <= size,
  digests(wanted, { layers }) {
    const holders = new Set(wanted.flatMap((digest) => layers?.imagesOfLayer(digest) ?? []));
    return (image) =>
      holders.has(image) || digestsOf(image).some((digest) => wanted.includes(digest));
  },
  hasAttestations:
    (wanted) =>
    ({ row }) =>
      row.manifests === null
        ? null
        : row.manifests.some((manifest) => manifest.kind === 'ATTESTATION') === wanted,
};

/** No tag, and no digest reference with a repository. */
export function isDangling(image: Image): boolean {
  return image.row.tags.length === 0 && !isNamedByDigest(image.row);
}

/** The names of an image: its tags, and its digests with a repository. */
export function namesOf(image: Image): readonly ParsedName[] {
  return [...image.tags, ...image.digests].flatMap(({ name }) => (name === null ? [] : [name]));
}

/** Unknown where neither a manifest nor an inspect names the platform of what may match. */
function hasPlatform(
  image: Image,
  wanted: NonNullable<ImageFilter['platform']>,
  layers: LayerView | null,
): boolean | null {
  const platforms = platformsOf(image, layers);
  const fits = (platform: Platform | null) =>
    platform !== null &&
    (wanted.os ?? platform.os) === platform.os &&
    (wanted.architecture ?? platform.architecture) === platform.architecture &&
    (wanted.variant ?? platform.variant) === platform.variant;
  if (platforms.some(fits)) return true;
  return platforms.includes(null) ? null : false;
}

/** Null among them stands for one that is not named. */
function platformsOf(image: Image, layers: LayerView | null): readonly (Platform | null)[] {
  const { manifests } = image.row;
  if (manifests !== null) {
    const available = manifests.filter(({ available, kind }) => available && kind === 'IMAGE');
    return available.map(({ platform }) => platform);
  }
  const inspected = layers?.platforms(image) ?? [];
  return inspected.length > 0 ? inspected : [null];
}

function comparedTo(
  reference: ParsedReference,
  holds: (own: number, other: number) => boolean,
): Condition {
  let view: ImageView | null = null;
  let other: number | null = null;
  return (image) => {
    // A filter asks many images of one view: what they are compared to is found once.
    if (image.view !== view) {
      ({ view } = image);
      other = view.references().resolve(reference).found?.row.created ?? null;
    }
    const own = image.row.created;
    return own === null || other === null ? null : holds(own, other);
  };
}

/** Image ID, digests of repositories, and every manifest's digest. */
function digestsOf(image: Image): readonly string[] {
  const manifests = (image.row.manifests ?? []).map((manifest) => manifest.digest);
  return [image.row.id, ...image.digests.map(({ digest }) => digest), ...manifests];
}
