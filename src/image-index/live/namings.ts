import { LRUCache } from 'lru-cache';
import { referenceKey } from '../row-identity.ts';

/** So many names are remembered one by one; of what was named before them it is only known when that ended. */
const MAX_NAMES = 1_000;

/**
 * When names were last heard of. The event of a moved name is about the winner alone, and the image that had the
 * name is found in the table; but it may only just be read, by a read that was sent before the name moved and ends
 * after. Where the winner is gone by then, nothing else tells that the name is not what that read has shown.
 */
export interface Namings {
  /** @param key the canonical spelling of a reference that an event names @param seq that event */
  add(key: string, seq: number): void;
  /** Whether one of these, in whatever spelling, was named after a read was sent: where it is now the read may not know. */
  isAnySince(references: readonly string[], sentAt: number): boolean;
}

/** Nothing was named yet. */
export function createNamings(): Namings {
  let last = -1;
  let forgotten = -1;
  const named = new LRUCache<string, number>({
    max: MAX_NAMES,
    dispose(seq, _, reason) {
      if (reason === 'evict') forgotten = seq;
    },
  });

  return {
    add(key, seq) {
      last = seq;
      named.set(key, seq);
    },
    isAnySince(references, sentAt) {
      // True of most reads, before a name is spelled out.
      if (last <= sentAt) return false;
      return references.some((name) => (named.peek(referenceKey(name)) ?? forgotten) > sentAt);
    },
  };
}
