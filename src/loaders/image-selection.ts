import { LRUCache } from 'lru-cache';
import {
  type ImageFilter,
  compileFilter,
  type Condition,
  conditionsIn,
  needsContainers,
  needsLayers,
} from '../image-index/image-filter.ts';
import {
  type ImageOrder,
  NEWEST_FIRST,
  type OrderSources,
  ordersByContainers,
  ordersBySharedSize,
  sortValue,
  withoutRepetitions,
} from '../image-index/image-order.ts';
import type { Image, ImageView } from '../image-index/image-view.ts';
import { weightOf } from '../image-index/search-text.ts';
import {
  ASCENDING_TEXT,
  type Key,
  type Ordering,
  type PageArgs,
  type SortedPart,
  checkPageArgs,
  compareKeys,
} from '../keyset.ts';
import type { Budget } from '../limits/budget.ts';
import type { Limits } from '../limits/limits.ts';
import { inTurn, isTurnOver, turn } from '../turns.ts';
import { type EngineFailure, settleEngines } from './engines.ts';
import type { Loaders } from './loaders.ts';

/** Which images, in which order, and which page of them. */
export interface ImageQuestion {
  readonly filter: ImageFilter | null;
  readonly orderBy: readonly ImageOrder[];
  /** Intermediate images too. */
  readonly all: boolean;
  /** Checked before anything is read; the page itself is cut by the caller. */
  readonly page: PageArgs;
}

/** An image at its place in an ordering. */
export interface PlacedImage {
  readonly image: Image;
  readonly key: Key;
}

/** Images of several engines in one order. */
export interface ImageSelection {
  /** Every matching image of the engines that answered, in order. */
  readonly images: readonly PlacedImage[];
  readonly ordering: Ordering;
  /** Engines that were asked and failed, and why. */
  readonly failures: readonly EngineFailure[];
}

/** What an operation finds images with. */
export interface Finder extends Pick<Budget, 'examine'> {
  readonly loaders: Loaders;
  readonly limits: Limits;
}

/**
 * Finds the images of several engines in one order. One engine that fails costs its own images only.
 * @param engines configured names
 */
export async function selectImages(
  finder: Finder,
  engines: readonly string[],
  question: ImageQuestion,
): Promise<ImageSelection> {
  const orderBy =
    question.orderBy.length === 0 ? NEWEST_FIRST : withoutRepetitions(question.orderBy);
  const ordering = toOrdering(orderBy);
  checkPageArgs(ordering, question.page, finder.limits);
  const { found, failures } = await settleEngines(engines, (engine) =>
    selectOfEngine(finder, engine, question, orderBy, ordering),
  );
  const [only] = found;
  const images = found.length === 1 && only !== undefined ? only : sort(found.flat(), ordering);
  return { images, ordering, failures };
}

function toOrdering(orderBy: readonly ImageOrder[]): Ordering {
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

async function selectOfEngine(
  { loaders, examine }: Finder,
  engine: string,
  { filter, all }: ImageQuestion,
  orderBy: readonly ImageOrder[],
  ordering: Ordering,
): Promise<readonly PlacedImage[]> {
  const byContainers = ordersByContainers(orderBy);
  const [view, containers, sharedSizes] = await Promise.all([
    loaders.images.load(engine),
    byContainers || (filter && needsContainers(filter)) ? loaders.containers.load(engine) : null,
    ordersBySharedSize(orderBy) ? loaders.sharedSizes.load(engine) : null,
  ]);
  const sources = { containers: byContainers ? containers : null, sharedSizes };
  const listed = await inOrder({ view, orderBy, ordering, sources, all }, examine);
  if (filter === null) return listed;
  examine(weightOf(view) * conditionsIn(filter));
  const layers = needsLayers(filter, view) ? await loaders.layers.load(engine) : null;
  return matching(listed, compileFilter(filter, { containers, layers }));
}

/** Images that are looked at before it is seen whether others must have their turn. */
const IMAGES_A_LOOK = 32;

async function matching(
  listed: readonly PlacedImage[],
  matches: Condition,
): Promise<readonly PlacedImage[]> {
  const found: PlacedImage[] = [];
  for (let from = 0; from < listed.length; from += IMAGES_A_LOOK) {
    if (isTurnOver()) await turn();
    for (const place of listed.slice(from, from + IMAGES_A_LOOK)) {
      if (matches(place.image) === true) found.push(place);
    }
  }
  return found;
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
interface Sort {
  readonly view: ImageView;
  readonly orderBy: readonly ImageOrder[];
  readonly ordering: Ordering;
  readonly sources: OrderSources;
  readonly all: boolean;
}

/** To sort by one criterion takes so many times as long as to look at each image. */
const SORTING = 2;

/** The images of a view in an order; kept with the view where only the view decides it. */
async function inOrder(asked: Sort, examine: Finder['examine']): Promise<readonly PlacedImage[]> {
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
  });
}

function ordersOf(view: ImageView): LRUCache<string, readonly PlacedImage[]> {
  const orders = kept.get(view) ?? new LRUCache({ max: MAX_KEPT_ORDERS });
  kept.set(view, orders);
  return orders;
}

function sortAll({ view, orderBy, ordering, sources, all }: Sort): readonly PlacedImage[] {
  const rows = all ? view.rows : view.rows.filter((row) => !view.isIntermediate(row));
  const images = rows.map((row) => view.image(row.id)).filter((image) => image !== null);
  return sort(
    images.map((image) => place(image, orderBy, sources)),
    ordering,
  );
}

function place(image: Image, orderBy: readonly ImageOrder[], sources: OrderSources): PlacedImage {
  const values = orderBy.map(({ field }) => sortValue(image, field, sources));
  return { image, key: [...values, image.row.id, image.engine] };
}

/** In place; fast on what is already sorted, as the parts of several engines are. */
function sort(images: PlacedImage[], ordering: Ordering): PlacedImage[] {
  return images.sort((a, b) => compareKeys(a.key, b.key, ordering));
}
