import { distinctPlatforms } from '../../engine/platform-mapping.ts';
import { LRUCache } from 'lru-cache';
import type { ImageRow, Platform } from '../../engine/image-row.ts';
import { isTurnOver, turn } from '../../turns.ts';
import type { Image, ImageView } from '../image-view.ts';
import {
  addLayers,
  basesOf,
  createLayerTree,
  derivedOf,
  type LayerNode,
  pathTo,
} from './layer-tree.ts';

/** What is kept of an inspect. */
export interface Layered {
  readonly platform: Platform | null;
  /** Diff IDs, base first. */
  readonly chain: readonly string[];
}

/**
 * Which images are built on which, by their layers, on any platform that is here. Immutable.
 * baseImages and derivedImages are the inverse of each other.
 */
export interface LayerView {
  /** Whether the layers of every image are known: false while the engine fails to inspect some. */
  readonly isComplete: boolean;
  /** Images whose layers are a proper prefix of this one's, nearest first; one without layers is no base. */
  baseImages(image: Image): readonly Image[];
  /** Images of which this one is a base, newest first. */
  derivedImages(image: Image): readonly Image[];
  /** Images that contain this layer, newest first. */
  imagesOfLayer(diffId: string): readonly Image[];
  /** Layers that none but these images have, each once, with its place in one of them. */
  layersOnlyOf(images: ReadonlySet<Image>): readonly PlacedLayer[];
  /** Whether another image has a layer of this one too. */
  isShared(image: Image): boolean;
  /** Each platform once whose layers are known. */
  platforms(image: Image): readonly Platform[];
}

/** A layer in an image. */
export interface PlacedLayer {
  readonly image: Image;
  /** Counted from the base. */
  readonly at: number;
}

/** Lists of derived images that are kept with a view. */
const MAX_KEPT_LISTS = 100;

/** The layers of all images, put together. */
interface Layers {
  /** Where the layers of an image end, of each platform that is here. */
  readonly ends: ReadonlyMap<ImageRow, readonly LayerNode[]>;
  readonly platforms: ReadonlyMap<ImageRow, readonly Platform[]>;
  /** By diff ID. */
  readonly holders: ReadonlyMap<string, ReadonlySet<ImageRow>>;
}

/**
 * @param layersOf every platform of an image that is here
 * @param signal of all who wait for it
 */
export async function createLayerView(
  images: ImageView,
  layersOf: (row: ImageRow) => readonly Layered[],
  isComplete: boolean,
  signal: AbortSignal,
): Promise<LayerView> {
  const { ends, platforms, holders } = await putTogether(images.rows, layersOf, signal);
  const imagesOf = (rows: Iterable<ImageRow>): readonly Image[] =>
    [...rows].map((row) => images.image(row.id)).filter((image) => image !== null);
  // The same lists again: a page may ask for that of one base layer a thousand times, and a base have thousands.
  const lists = new Map<string, readonly Image[]>();
  const derived = new LRUCache<ImageRow, readonly Image[]>({ max: MAX_KEPT_LISTS });
  const endsOf = (row: ImageRow) => ends.get(row) ?? [];
  return {
    isComplete,
    baseImages: ({ row }) => imagesOf(basesOf(row, endsOf(row))),
    derivedImages({ row }) {
      const known = derived.get(row) ?? imagesOf(derivedOf(row, endsOf(row)));
      derived.set(row, known);
      return known;
    },
    imagesOfLayer(diffId) {
      const known = lists.get(diffId) ?? imagesOf(holders.get(diffId) ?? []);
      if (known.length > 0) lists.set(diffId, known);
      return known;
    },
    layersOnlyOf: (only) => layersOnlyOf(ends, only),
    isShared: ({ row }) =>
      endsOf(row).some((end) =>
        pathTo(end).some(({ diffId }) => (holders.get(diffId)?.size ?? 0) > 1),
      ),
    platforms: ({ row }) => platforms.get(row) ?? [],
  };
}

async function putTogether(
  rows: readonly ImageRow[],
  layersOf: (row: ImageRow) => readonly Layered[],
  signal: AbortSignal,
): Promise<Layers> {
  const root = createLayerTree();
  const ends = new Map<ImageRow, readonly LayerNode[]>();
  const platforms = new Map<ImageRow, readonly Platform[]>();
  const holders = new Map<string, Set<ImageRow>>();
  for (const row of rows) {
    if (isTurnOver()) await turn(signal);
    const layered = layersOf(row);
    platforms.set(row, distinctPlatforms(layered.flatMap(({ platform }) => platform ?? [])));
    const nodes = layered.map(({ chain }) => addLayers(root, row, chain));
    ends.set(row, nodes);
    for (const { chain } of layered) for (const diffId of chain) hold(holders, diffId, row);
  }
  return { ends, platforms, holders };
}

function hold(holders: Map<string, Set<ImageRow>>, diffId: string, row: ImageRow): void {
  const holding = holders.get(diffId);
  if (holding === undefined) holders.set(diffId, new Set([row]));
  else holding.add(row);
}

function layersOnlyOf(ends: Layers['ends'], only: ReadonlySet<Image>): readonly PlacedLayer[] {
  const rows = new Set([...only].map(({ row }) => row));
  const kept = new Set<LayerNode>();
  for (const [row, own] of ends) {
    if (!rows.has(row)) for (const node of own.flatMap(pathTo)) kept.add(node);
  }
  return [...only].flatMap((image) => {
    const fresh = (ends.get(image.row) ?? []).flatMap(pathTo).filter((node) => !kept.has(node));
    for (const node of fresh) kept.add(node);
    return [...new Set(fresh)].map(({ depth }) => ({ image, at: depth - 1 }));
  });
}
