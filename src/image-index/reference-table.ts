import { canonicalName, type ParsedReference } from '../engine/reference.ts';
import type { Image, ImageView } from './image-view.ts';

/** What a reference names in one view. */
export type Resolution =
  | { readonly found: Image }
  | { readonly found: null; readonly ambiguous: boolean };

/** Finds images by what people call them. */
export interface ReferenceTable {
  /** As the engine resolves it: a name before an ID prefix, a digest before a tag, latest without either. */
  resolve(reference: ParsedReference): Resolution;
}

const ABSENT: Resolution = { found: null, ambiguous: false };
const AMBIGUOUS: Resolution = { found: null, ambiguous: true };

/** One pass over all names of a view; ID prefixes are looked up in IDs that are sorted when first needed. */
export function createReferenceTable(view: ImageView): ReferenceTable {
  const owners = new Map<string, string>();
  let sortedIds: readonly string[] | null = null;
  for (const row of view.rows) {
    const image = view.image(row.id);
    for (const { name } of [...(image?.tags ?? []), ...(image?.digests ?? [])]) {
      if (name === null) continue;
      const base = canonicalName(name.domain, name.path);
      // A digest goes before a tag: name:tag@digest is no name:tag, which may have moved on.
      if (name.digest !== null) owners.set(`${base}@${name.digest}`, row.id);
      else if (name.tag !== null) owners.set(`${base}:${name.tag}`, row.id);
    }
  }
  const found = (id: string | undefined): Resolution => {
    const image = id === undefined ? null : view.image(id);
    return image === null ? ABSENT : { found: image };
  };

  function byPrefix(prefix: string): Resolution {
    const ids = (sortedIds ??= view.rows.map((row) => row.id).sort());
    const at = firstNotBefore(ids, prefix);
    if (ids[at]?.startsWith(prefix) !== true) return ABSENT;
    return ids[at + 1]?.startsWith(prefix) === true ? AMBIGUOUS : found(ids[at]);
  }

  return {
    resolve(reference) {
      if (reference.kind === 'id') return byPrefix(`${reference.algorithm}:${reference.hex}`);
      const base = canonicalName(reference.domain, reference.path);
      const key =
        reference.digest === null
          ? `${base}:${reference.tag ?? 'latest'}`
          : `${base}@${reference.digest}`;
      const named = found(owners.get(key));
      if (named.found !== null || reference.idPrefix === null) return named;
      return byPrefix(`sha256:${reference.idPrefix}`);
    },
  };
}

/** Where a text stands, or would stand, among sorted ones: a binary search. */
function firstNotBefore(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
