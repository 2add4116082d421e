import type { ImageStore } from './engine-facts.ts';
import type { ImageRow } from './image-row.ts';

/**
 * What an engine that has these images counts in /info. The containerd store counts names, and an image without
 * any for one (28.5); all others count images.
 */
export function countOf(rows: Iterable<ImageRow>, store: ImageStore): number {
  let count = 0;
  for (const { tags } of rows) count += store === 'CONTAINERD' ? Math.max(1, tags.length) : 1;
  return count;
}
