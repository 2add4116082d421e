import type { ImageRow, ManifestRow, Platform } from '../engine/image-row.ts';
import type { ParsedName } from '../engine/reference.ts';
import { digestOf, isNamedByDigest } from './image-names.ts';
import { createReferenceTable, type ReferenceTable } from './reference-table.ts';
import { listRepositories, type Repository } from './repository.ts';
import { ViewedImage } from './viewed-image.ts';

/** One image of one engine, as a view shows it. Made on demand, the same object for the life of the view. */
export interface Image {
  /** The configured engine name. */
  readonly engine: string;
  readonly row: ImageRow;
  readonly view: ImageView;
  /** References that name it, sorted as the engine spells them. */
  readonly tags: readonly TagReference[];
  readonly digests: readonly DigestReference[];
  /** Null where the engine keeps none. */
  readonly manifests: readonly Manifest[] | null;
  /** Each platform once whose manifest is complete in the local store; null where none are kept. */
  readonly platforms: readonly Platform[] | null;
}

/** One element of RepoTags. */
export interface TagReference {
  readonly reference: string;
  /** Null for a malformed name, which the containerd store may hold. */
  readonly name: ParsedName | null;
  /** With registry host and path in full; null for a malformed name. */
  readonly canonicalReference: string | null;
  readonly image: Image;
}

/** One element of RepoDigests. */
export interface DigestReference {
  readonly reference: string;
  readonly digest: string;
  /** Null for a bare digest. */
  readonly name: ParsedName | null;
  readonly image: Image;
}

/** One manifest in the image that holds it. */
export interface Manifest {
  readonly row: ManifestRow;
  readonly image: Image;
}

/** The images of one engine at one moment. Immutable; what is derived from it is computed once, when asked. */
export interface ImageView {
  readonly engine: string;
  /** Newest first, then by ID; intermediate images too. */
  readonly rows: readonly ImageRow[];
  image(id: string): Image | null;
  /** Images whose ParentId is this ID, in the order of rows. */
  children(id: string): readonly Image[];
  /** From parent to root; a cycle ends where it closes. */
  ancestors(image: Image): Image[];
  /** Whether docker image ls -a would be needed to see it: untagged, and others are built on it. */
  isIntermediate(row: ImageRow): boolean;
  /** Images that hold a manifest of this digest. */
  holdersOf(manifestDigest: string): readonly Image[];
  /** Images that have this ID, that a registry has under this digest, or that hold a manifest of it. */
  imagesOfDigest(digest: string): readonly Image[];
  references(): ReferenceTable;
  /** By canonical name, in the order of familiar names. */
  repositories(): ReadonlyMap<string, Repository>;
}

/** Makes a view of rows that are merged by ID and in order, as Engine.listImages gives them. */
export function createImageView(engine: string, rows: readonly ImageRow[]): ImageView {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const made = new Map<string, Image>();
  const children = once(() =>
    groupBy(rows, (row) => (row.parentId === null ? [] : [row.parentId])),
  );
  const holders = once(() => groupBy(rows, (row) => (row.manifests ?? []).map((m) => m.digest)));
  const references = once(() => createReferenceTable(view));
  const named = once(() => groupBy(rows, (row) => row.digests.map(digestOf)));
  const repositories = once(() => listRepositories(view));

  function image(id: string): Image | null {
    const known = made.get(id);
    if (known !== undefined) return known;
    const row = byId.get(id);
    if (row === undefined) return null;
    const fresh = new ViewedImage(row, view);
    made.set(id, fresh);
    return fresh;
  }

  const view: ImageView = {
    engine,
    rows,
    image,
    children: (id) => imagesOf(view, children().get(id)).filter((child) => child.row.id !== id),
    ancestors: (of) => ancestors(view, of),
    isIntermediate: (row) =>
      row.tags.length === 0 && !isNamedByDigest(row) && children().has(row.id),
    holdersOf: (digest) => imagesOf(view, holders().get(digest)),
    imagesOfDigest(digest) {
      const own = byId.get(digest);
      const all = [named().get(digest) ?? [], holders().get(digest) ?? []].flat();
      return imagesOf(view, [...new Set(own === undefined ? all : [own, ...all])]);
    },
    references,
    repositories,
  };
  return view;
}

function ancestors(view: ImageView, image: Image): Image[] {
  const found: Image[] = [];
  const seen = new Set([image.row.id]);
  let { parentId } = image.row;
  while (parentId !== null && !seen.has(parentId)) {
    seen.add(parentId);
    const parent = view.image(parentId);
    if (parent === null) break;
    found.push(parent);
    parentId = parent.row.parentId;
  }
  return found;
}

function imagesOf(view: ImageView, rows: readonly ImageRow[] | undefined): Image[] {
  return (rows ?? []).map((row) => view.image(row.id)).filter((image) => image !== null);
}

function groupBy(
  rows: readonly ImageRow[],
  keys: (row: ImageRow) => readonly string[],
): Map<string, ImageRow[]> {
  const groups = new Map<string, ImageRow[]>();
  for (const row of rows) {
    for (const key of new Set(keys(row))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
  }
  return groups;
}

function once<Value>(compute: () => Value): () => Value {
  let value: { readonly computed: Value } | null = null;
  return () => (value ??= { computed: compute() }).computed;
}
