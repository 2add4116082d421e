import {
  canonicalName,
  isDigest,
  type ParsedReference,
  parseEngineTag,
} from '../engine/reference.ts';
import type { Content } from './content.ts';
import { JSON_BLOB_LIMIT, parse, toObject } from './content.ts';
import { type ImageConfig, toImageConfig } from './image-config.ts';
import type { StoredImage } from './stored-image.ts';

/** One reading of a layout or archive, with what finds an image in it. */
export interface Catalogue {
  /** Newest first, then by ID. */
  readonly images: readonly StoredImage[];
  /** Whether some image names it as its parent. */
  isParent(id: string): boolean;
  /** Null when there is no such image. @throws AmbiguousPrefix */
  find(reference: ParsedReference): StoredImage | null;
  /** Bytes that other images hold, too. */
  sharedSize(image: StoredImage): number;
  /** Bytes of all content, each blob once. */
  contentSize(): number;
  /** @throws UnreadableContent */
  readJson(path: string): Promise<unknown>;
  /** @throws UnreadableContent */
  readConfig(path: string): Promise<ImageConfig>;
}

/** The beginning of an ID that several images have. */
export class AmbiguousPrefix extends Error {
  override readonly name = 'AmbiguousPrefix';
}

/** Orders and indexes what was read. */
export function createCatalogue(content: Content, found: readonly StoredImage[]): Catalogue {
  const images = found.toSorted((a, b) => b.created - a.created || (a.id < b.id ? -1 : 1));
  const byId = new Map(images.map((image) => [image.id, image]));
  const byName = indexNames(images);
  const parents = new Set(images.map(({ parentId }) => parentId));
  const owners = countOwners(images);
  return {
    images,
    isParent: (id) => parents.has(id),
    find(reference) {
      if (reference.kind === 'id') return findById(images, byId, reference.hex);
      const named = byName.get(keyOf(reference.domain, reference.path, reference));
      if (named !== undefined) return named;
      return reference.idPrefix === null ? null : findById(images, byId, reference.idPrefix);
    },
    sharedSize: ({ blobs }) =>
      [...blobs].reduce(
        (sum, [digest, size]) => sum + ((owners.get(digest) ?? 0) > 1 ? size : 0),
        0,
      ),
    contentSize: () =>
      [...new Map(images.flatMap(({ blobs }) => [...blobs])).values()].reduce((a, b) => a + b, 0),
    readJson: async (path) => parse(await content.read(path, JSON_BLOB_LIMIT)),
    readConfig: async (path) =>
      toImageConfig(toObject(parse(await content.read(path, JSON_BLOB_LIMIT)))),
  };
}

function findById(
  images: readonly StoredImage[],
  byId: ReadonlyMap<string, StoredImage>,
  hex: string,
): StoredImage | null {
  const id = `sha256:${hex}`;
  if (isDigest(id)) return byId.get(id) ?? null;
  const matches = images.filter((image) => image.id.startsWith(id));
  if (matches.length > 1) throw new AmbiguousPrefix('the prefix of the ID is not unique');
  return matches[0] ?? null;
}

function indexNames(images: readonly StoredImage[]): Map<string, StoredImage> {
  const byName = new Map<string, StoredImage>();
  for (const image of images) {
    for (const text of [...image.tags, ...image.digests]) {
      const name = parseEngineTag(text);
      if (name !== null) byName.set(keyOf(name.domain, name.path, name), image);
    }
  }
  return byName;
}

/** A digest goes before a tag that stands beside it. */
function keyOf(
  domain: string,
  path: string,
  { tag, digest }: { readonly tag: string | null; readonly digest: string | null },
): string {
  const name = canonicalName(domain, path);
  return digest === null ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
}

function countOwners(images: readonly StoredImage[]): Map<string, number> {
  const owners = new Map<string, number>();
  for (const { blobs } of images) {
    for (const digest of blobs.keys()) owners.set(digest, (owners.get(digest) ?? 0) + 1);
  }
  return owners;
}
