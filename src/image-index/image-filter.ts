import type { ParsedName, ParsedReference } from '../engine/reference.ts';
import type { ContainerView } from './container-view.ts';
import type { LayerView } from './details/layer-view.ts';
import type { ImageView } from './image-view.ts';

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
