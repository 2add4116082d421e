import { LRUCache } from 'lru-cache';
import type { ImageRow, Platform } from '../../engine/engine.ts';
import { compareAge } from '../../engine/row-order.ts';
import type { Image, ImageView } from '../image-view.ts';

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

/** A sequence of layers from the base on, as a node of a tree of all sequences. */
interface Node {
  readonly parent: Node | null;
  /** The last of the sequence; empty at the root. */
  readonly diffId: string;
  readonly depth: number;
  readonly next: Map<string, Node>;
  /** Images whose layers are exactly these. */
  readonly ends: ImageRow[];
}

/** @param layersOf every platform of an image that is here */
export function createLayerView(
  images: ImageView,
  layersOf: (row: ImageRow) => readonly Layered[],
): LayerView {
  const root = nodeBelow(null, '');
  const ends = new Map<ImageRow, Node[]>();
  const platforms = new Map<ImageRow, readonly Platform[]>();
  const holders = new Map<string, Set<ImageRow>>();
  /** A base may have thousands, and is asked for page by page. */
  const derived = new LRUCache<ImageRow, readonly Image[]>({ max: MAX_KEPT_LISTS });
  for (const row of images.rows) {
    const layered = layersOf(row);
    platforms.set(row, [...new Set(layered.flatMap(({ platform }) => platform ?? []))]);
    ends.set(
      row,
      layered.map(({ chain }) => addChain(root, holders, row, chain)),
    );
  }
  const imagesOf = (rows: Iterable<ImageRow>): readonly Image[] =>
    [...rows].map((row) => images.image(row.id)).filter((image) => image !== null);
  return {
    baseImages: ({ row }) => imagesOf(basesOf(row, ends.get(row) ?? [])),
    derivedImages({ row }) {
      const known = derived.get(row);
      if (known !== undefined) return known;
      const found = new Set((ends.get(row) ?? []).flatMap((node) => [...below(node)]));
      found.delete(row);
      const sorted = imagesOf([...found].sort(compareAge));
      derived.set(row, sorted);
      return sorted;
    },
    layersOnlyOf(only) {
      const rows = new Set([...only].map(({ row }) => row));
      const kept = new Set<Node>();
      for (const [row, own] of ends) if (!rows.has(row)) for (const end of own) addPath(kept, end);
      return [...only].flatMap((image) =>
        (ends.get(image.row) ?? []).flatMap((end) =>
          addPath(kept, end).map(({ depth }) => ({ image, at: depth - 1 })),
        ),
      );
    },
    isShared: ({ row }) =>
      (ends.get(row) ?? []).some((end) =>
        pathTo(end).some(({ diffId }) => (holders.get(diffId)?.size ?? 0) > 1),
      ),
    imagesOfLayer: (diffId) => imagesOf(holders.get(diffId) ?? []),
    platforms: ({ row }) => platforms.get(row) ?? [],
  };
}

function nodeBelow(parent: Node | null, diffId: string): Node {
  return { parent, diffId, depth: (parent?.depth ?? -1) + 1, next: new Map(), ends: [] };
}

/** Adds the layers of one image. @returns where they end */
function addChain(
  root: Node,
  holders: Map<string, Set<ImageRow>>,
  row: ImageRow,
  chain: readonly string[],
): Node {
  let node = root;
  for (const diffId of chain) {
    let next = node.next.get(diffId);
    if (next === undefined) node.next.set(diffId, (next = nodeBelow(node, diffId)));
    node = next;
    const holding = holders.get(diffId);
    if (holding === undefined) holders.set(diffId, new Set([row]));
    else holding.add(row);
  }
  node.ends.push(row);
  return node;
}

/** What ends on the way to the root, which is no base itself; the longest first, of equals the newest. */
function basesOf(row: ImageRow, ends: readonly Node[]): Iterable<ImageRow> {
  const depths = new Map<ImageRow, number>();
  for (const end of ends) {
    for (let node = end.parent; node !== null && node.depth > 0; node = node.parent) {
      for (const base of node.ends) {
        if (base !== row) depths.set(base, Math.max(depths.get(base) ?? 0, node.depth));
      }
    }
  }
  const nearest = ([one, a]: [ImageRow, number], [other, b]: [ImageRow, number]) =>
    b - a || compareAge(one, other);
  return [...depths].sort(nearest).map(([base]) => base);
}

/** From the end to the base, the root aside. */
function pathTo(end: Node): Node[] {
  const path: Node[] = [];
  for (let node: Node | null = end; node !== null && node.depth > 0; node = node.parent)
    path.push(node);
  return path;
}

/** @returns what was not there yet */
function addPath(known: Set<Node>, end: Node): Node[] {
  const fresh = pathTo(end).filter((node) => !known.has(node));
  for (const node of fresh) known.add(node);
  return fresh;
}

/** What goes on from these layers. Without recursion: an image may have any number of layers. */
function* below(start: Node): Generator<ImageRow> {
  if (start.depth === 0) return;
  const left = [...start.next.values()];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    yield* node.ends;
    left.push(...node.next.values());
  }
}
