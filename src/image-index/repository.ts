import { canonicalName, familiarName, type ParsedName } from '../engine/reference.ts';
import type { Image, ImageView, TagReference } from './image-view.ts';

/** All that one engine holds under one image name without tag and digest. */
export interface Repository {
  readonly engine: string;
  /** Registry host, docker.io when the name has none. */
  readonly domain: string;
  readonly path: string;
  readonly canonicalName: string;
  readonly familiarName: string;
  /** Newest first. */
  readonly images: readonly Image[];
  /** Sorted by tag. */
  readonly tags: readonly TagReference[];
}

/** The repositories of a view by canonical name, in the order of their familiar names. */
export function listRepositories(view: ImageView): ReadonlyMap<string, Repository> {
  const found = new Map<string, Gathered>();
  for (const row of view.rows) {
    const image = view.image(row.id);
    if (image === null) continue;
    for (const tag of image.tags)
      if (tag.name !== null) entry(found, tag.name, image).tags.push(tag);
    for (const { name } of image.digests) if (name !== null) entry(found, name, image);
  }
  const repositories = [...found.values()].map(({ name, images, tags }) => ({
    engine: view.engine,
    domain: name.domain,
    path: name.path,
    canonicalName: canonicalName(name.domain, name.path),
    familiarName: familiarName(name.domain, name.path),
    images: [...images],
    tags: tags.sort((a, b) => ((a.name?.tag ?? '') < (b.name?.tag ?? '') ? -1 : 1)),
  }));
  repositories.sort((a, b) => (a.familiarName < b.familiarName ? -1 : 1));
  return new Map(repositories.map((repository) => [repository.canonicalName, repository]));
}

interface Gathered {
  readonly name: ParsedName;
  readonly images: Set<Image>;
  readonly tags: TagReference[];
}

function entry(found: Map<string, Gathered>, name: ParsedName, image: Image): Gathered {
  const key = canonicalName(name.domain, name.path);
  const known = found.get(key) ?? { name, images: new Set(), tags: [] };
  found.set(key, known);
  known.images.add(image);
  return known;
}
