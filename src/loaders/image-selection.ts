import { compileFilter } from '../image-index/compile-filter.ts';
import type { Condition } from '../image-index/condition.ts';
import {
  conditionsIn,
  type ImageFilter,
  needsContainers,
  needsLayers,
} from '../image-index/image-filter.ts';
import {
  type ImageOrder,
  NEWEST_FIRST,
  ordersByContainers,
  ordersBySharedSize,
  withoutRepetitions,
} from '../image-index/image-order.ts';
import { weightOf } from '../image-index/search-text.ts';
import { checkPageArgs, type Ordering, type PageArgs } from '../keyset.ts';
import type { Budget } from '../limits/budget.ts';
import type { Limits } from '../limits/limits.ts';
import { inTurn, isTurnOver, turn } from '../turns.ts';
import { type EngineFailure, settleEngines } from './engines.ts';
import { inOrder, type PlacedImage, sortPlaced, toOrdering } from './image-ordering.ts';
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
  const images =
    found.length === 1 && only !== undefined ? only : sortPlaced(found.flat(), ordering);
  return { images, ordering, failures };
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
  const sort = { view, orderBy, ordering, sources, all };
  const listed = await inOrder(sort, examine, loaders.signal);
  if (filter === null) return listed;
  examine(weightOf(view) * conditionsIn(filter));
  const layers = needsLayers(filter, view) ? await loaders.layers.load(engine) : null;
  // A hundred patterns take a millisecond, and an operation may have twenty filters.
  const matches = await inTurn(() => compileFilter(filter, { containers, layers }), loaders.signal);
  return matching(listed, matches, loaders.signal);
}

/** Images that are looked at before it is seen whether others must have their turn. */
const IMAGES_A_LOOK = 32;

async function matching(
  listed: readonly PlacedImage[],
  matches: Condition,
  signal: AbortSignal,
): Promise<readonly PlacedImage[]> {
  const found: PlacedImage[] = [];
  for (let from = 0; from < listed.length; from += IMAGES_A_LOOK) {
    if (isTurnOver()) await turn(signal);
    for (const place of listed.slice(from, from + IMAGES_A_LOOK)) {
      if (matches(place.image) === true) found.push(place);
    }
  }
  return found;
}
