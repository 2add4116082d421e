import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Documents at most: more than any application has, and a parsed one takes some 300 KB when it is as long as it may be. */
const MAX_DOCUMENTS = 250;
/** Of their texts together. */
const MAX_CHARACTERS = 4_000_000;

/** What Yoga keeps parsed documents, and errors of parsing, in. Its own are bounded by number alone, for texts of 256 KiB. */
export function createDocumentCaches() {
  return { documentCache: createCache<DocumentNode>(), errorCache: createCache<Error>() };
}

function createCache<Value extends object>() {
  return new LRUCache<string, Value>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_value, text) => text.length + 1,
  });
}
