import type { ImageRow } from '../../engine/image-row.ts';
import { compareAge } from '../../engine/row-order.ts';

/** A sequence of layers from the base on, as a node of a tree of all sequences. */
export interface LayerNode {
  readonly parent: LayerNode | null;
  /** The last of the sequence; empty at the root. */
  readonly diffId: string;
  /** How many layers there are. */
  readonly depth: number;
  /** Null at the end of every sequence. */
  next: Map<string, LayerNode> | null;
  /** Images whose layers are exactly these. */
  readonly ends: ImageRow[];
}

/** A tree of nothing yet. */
export function createLayerTree(): LayerNode {
  return nodeBelow(null, '');
}

/** Adds the layers of one image, base first. @returns where they end */
export function addLayers(root: LayerNode, row: ImageRow, chain: readonly string[]): LayerNode {
  let node = root;
  for (const diffId of chain) {
    node.next ??= new Map();
    let next = node.next.get(diffId);
    if (next === undefined) node.next.set(diffId, (next = nodeBelow(node, diffId)));
    node = next;
  }
  node.ends.push(row);
  return node;
}

function nodeBelow(parent: LayerNode | null, diffId: string): LayerNode {
  return { parent, diffId, depth: (parent?.depth ?? -1) + 1, next: null, ends: [] };
}

/** What ends on the way to the root, which is no base itself; the longest first, of equals the newest. */
export function basesOf(row: ImageRow, ends: readonly LayerNode[]): readonly ImageRow[] {
  const depths = new Map<ImageRow, number>();
  for (const { parent } of ends) {
    for (const node of parent === null ? [] : pathTo(parent)) {
      for (const base of node.ends) {
        if (base !== row) depths.set(base, Math.max(depths.get(base) ?? 0, node.depth));
      }
    }
  }
  const nearest = ([one, a]: [ImageRow, number], [other, b]: [ImageRow, number]) =>
    b - a || compareAge(one, other);
  return [...depths].sort(nearest).map(([base]) => base);
}

/** What goes on from these layers, newest first. Without recursion: an image may have any number of layers. */
export function derivedOf(row: ImageRow, ends: readonly LayerNode[]): readonly ImageRow[] {
  const found = new Set<ImageRow>();
  // Without layers it is no base of anything.
  const seen = new Set(ends.filter(({ depth }) => depth > 0));
  // Nodes that are added while the set is gone through have their turn too.
  for (const { next } of seen) {
    for (const node of next?.values() ?? []) {
      seen.add(node);
      for (const derived of node.ends) found.add(derived);
    }
  }
  found.delete(row);
  return [...found].sort(compareAge);
}

/** From an end to the base, the root aside. */
export function pathTo(end: LayerNode): LayerNode[] {
  const path: LayerNode[] = [];
  for (let node: LayerNode | null = end; node !== null && node.depth > 0; node = node.parent) {
    path.push(node);
  }
  return path;
}
