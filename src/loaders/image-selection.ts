import {
  type ImageFilter,
  compileFilter,
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
import {
  ASCENDING_TEXT,
  type Key,
  type Ordering,
  type PageArgs,
  type SortedPart,
  checkPageArgs,
  compareKeys,
} from '../keyset.ts';
import type { Limits } from '../limits/limits.ts';
import { type EngineFailure, settleEngines } from './engines.ts';
import type { Loaders } from './loaders.ts';

/** Which images, in which order, and which page of them. */
export interface ImageQuestion {
  /** Configured engine names. */
  readonly engines: readonly string[];
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

/** Finds the images of several engines in one order. One engine that fails costs its own images only. */
export async function selectImages(
  loaders: Loaders,
  question: ImageQuestion,
  limits: Limits,
): Promise<ImageSelection> {
  const orderBy =
    question.orderBy.length === 0 ? NEWEST_FIRST : withoutRepetitions(question.orderBy);
  const ordering = toOrdering(orderBy);
  checkPageArgs(ordering, question.page, limits);
  const { found, failures } = await settleEngines(question.engines, (engine) =>
    selectOfEngine(loaders, engine, question, orderBy, ordering),
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
  loaders: Loaders,
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
  const listed = placed(view, orderBy, ordering, sources, all);
  if (filter === null) return listed;
  const layers = needsLayers(filter, view) ? await loaders.layers.load(engine) : null;
  const matches = compileFilter(filter, { containers, layers });
  return listed.filter(({ image }) => matches(image) === true);
}

/** The images of one engine in the order of creation, for lists that no client orders. */
export function newestFirst(images: readonly Image[]): ImageSelection {
  const known = selections.get(images);
  if (known !== undefined) return known;
  const ordering = toOrdering(NEWEST_FIRST);
  const placed = images.map((image) => place(image, NEWEST_FIRST, NO_SOURCES));
  const selection = { images: sort(placed, ordering), ordering, failures: [] };
  selections.set(images, selection);
  return selection;
}

/** Lists that are kept with a view are ordered once. */
const selections = new WeakMap<readonly Image[], ImageSelection>();

const NO_SOURCES: OrderSources = { containers: null, sharedSizes: null };

/**
 * Orders that are kept with a view. Clients choose among dozens, and each holds as many keys as there are
 * images: the few that are in use go on being used.
 */
const MAX_KEPT_ORDERS = 4;
/** By name of the ordering, the one that was used last at the end. */
const kept = new WeakMap<ImageView, Map<string, readonly PlacedImage[]>>();

/** The images of a view in an order; kept with the view where only the view decides it. */
function placed(
  view: ImageView,
  orderBy: readonly ImageOrder[],
  ordering: Ordering,
  sources: OrderSources,
  all: boolean,
): readonly PlacedImage[] {
  if (sources.containers !== null || sources.sharedSizes !== null) {
    return sortAll(view, orderBy, ordering, sources, all);
  }
  const ofView = kept.get(view) ?? new Map<string, readonly PlacedImage[]>();
  kept.set(view, ofView);
  const key = all ? `all ${ordering.name}` : ordering.name;
  const images = ofView.get(key) ?? sortAll(view, orderBy, ordering, sources, all);
  ofView.delete(key);
  ofView.set(key, images);
  const [oldest] = ofView.keys();
  if (ofView.size > MAX_KEPT_ORDERS && oldest !== undefined) ofView.delete(oldest);
  return images;
}

function sortAll(
  view: ImageView,
  orderBy: readonly ImageOrder[],
  ordering: Ordering,
  sources: OrderSources,
  all: boolean,
): PlacedImage[] {
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
