import { LRUCache } from 'lru-cache';
import {
  type ImageOrder,
  NEWEST_FIRST,
  type OrderSources,
  sortValue,
} from '../image-index/image-order.ts';
import type { Image, ImageView } from '../image-index/image-view.ts';
import {
  ASCENDING_TEXT,
  compareKeys,
  type Key,
  type Ordering,
  type SortedPart,
} from '../keyset.ts';
import type { Budget } from '../limits/budget.ts';
import { inTurn } from '../turns.ts';

/** An image at its place in an ordering. */
export interface PlacedImage {
  readonly image: Image;
  readonly key: Key;
}

/** How images are sorted by criteria, none of which is repeated. */
export function toOrdering(orderBy: readonly ImageOrder[]): Ordering {
  return {
    name: `images ${orderBy.map(({ field, direction }) => `${field} ${direction}`).join(', ')}`,
    // The image ID and the engine end every key.
    parts: [...orderBy.map(toPart), ASCENDING_TEXT, ASCENDING_TEXT],
  };
}

function toPart({ field, direction }: ImageOrder): SortedPart {
  return {
    type: field === 'NAME' ? 'string' : 'number',
    nullable: field !== 'SIZE',
    descending: direction === 'DESC',
  };
}

/** The order of images that no client orders, in which the lists of a view are already. */
export const BY_AGE: { readonly ordering: Ordering; readonly keyOf: (image: Image) => Key } = {
  ordering: toOrdering(NEWEST_FIRST),
  keyOf: (image) => place(image, NEWEST_FIRST, { containers: null, sharedSizes: null }).key,
};

/**
 * Orders that are kept with a view. Clients choose among dozens, and each holds as many keys as there are
 * images: the few that are in use go on being used.
 */
const MAX_KEPT_ORDERS = 4;
/** By name of the ordering. */
const kept = new WeakMap<ImageView, LRUCache<string, readonly PlacedImage[]>>();

/** A view and the order that its images are to be in. */
export interface Sort {
  readonly view: ImageView;
  readonly orderBy: readonly ImageOrder[];
  readonly ordering: Ordering;
  readonly sources: OrderSources;
  readonly all: boolean;
}

/** To sort by one criterion takes so many times as long as to look at each image. */
const SORTING = 2;

/**
 * The images of a view in an order; kept with the view where only the view decides it.
 * @param signal of whoever asks: others wait for a turn of their own
 */
export async function inOrder(
  asked: Sort,
  examine: Budget['examine'],
  signal: AbortSignal,
): Promise<readonly PlacedImage[]> {
  const { view, orderBy, ordering, sources, all } = asked;
  const isOfView = sources.containers === null && sources.sharedSizes === null;
  const orders = isOfView ? ordersOf(view) : null;
  const key = all ? `all ${ordering.name}` : ordering.name;
  const known = orders?.get(key);
  if (known !== undefined) return known;
  return inTurn(() => {
    // Another field may have sorted them meanwhile.
    const sorted = orders?.get(key);
    if (sorted !== undefined) return sorted;
    examine(view.rows.length * orderBy.length * SORTING);
    const images = sortAll(asked);
    orders?.set(key, images);
    return images;
  }, signal);
}

function ordersOf(view: ImageView): LRUCache<string, readonly PlacedImage[]> {
  const orders = kept.get(view) ?? new LRUCache({ max: MAX_KEPT_ORDERS });
  kept.set(view, orders);
  return orders;
}

function sortAll({ view, orderBy, ordering, sources, all }: Sort): readonly PlacedImage[] {
  const rows = all ? view.rows : view.rows.filter((row) => !view.isIntermediate(row));
  const images = rows.map((row) => view.image(row.id)).filter((image) => image !== null);
  return sortPlaced(
    images.map((image) => place(image, orderBy, sources)),
    ordering,
  );
}

function place(image: Image, orderBy: readonly ImageOrder[], sources: OrderSources): PlacedImage {
  const values = orderBy.map(({ field }) => sortValue(image, field, sources));
  return { image, key: [...values, image.row.id, image.engine] };
}

/** In place; fast on what is already sorted, as the parts of several engines are. */
export function sortPlaced(images: PlacedImage[], ordering: Ordering): PlacedImage[] {
  return images.sort((a, b) => compareKeys(a.key, b.key, ordering));
}
