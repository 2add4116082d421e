import type { Platform } from '../engine/image-row.ts';
import type { ParsedReference } from '../engine/reference.ts';
import { all, any, type Condition, not } from './condition.ts';
import type { LayerView } from './details/layer-view.ts';
import type { FilterSources, ImageFilter } from './image-filter.ts';
import { digestsOf, isDangling, namesOf } from './image-names.ts';
import { manifestPlatforms } from './image-platforms.ts';
import type { Image, ImageView } from './image-view.ts';
import { isFoundIn } from './search-text.ts';

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
  const known = manifestPlatforms(image.row);
  if (known !== null) return known;
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
