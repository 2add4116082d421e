import type { Image, ImageView, Manifest } from './image-view.ts';

/** Where one digest is found among the images of a view. */
export interface Content {
  /** Images that have this ID, that a registry has under it, or that hold a manifest of it. */
  readonly images: readonly Image[];
  /** Manifests that have this digest, one for each image that holds it. */
  readonly manifests: readonly Manifest[];
}

/** Finds what is known by a digest. */
export interface ContentTable {
  find(digest: string): Content;
}

/** One pass over all digests of a view. */
export function createContentTable(view: ImageView): ContentTable {
  const images = new Map<string, Set<Image>>();
  const manifests = new Map<string, Manifest[]>();
  const known = (digest: string, image: Image): void => {
    const others = images.get(digest);
    if (others === undefined) images.set(digest, new Set([image]));
    else others.add(image);
  };
  for (const { id } of view.rows) {
    const image = view.image(id);
    if (image === null) continue;
    known(id, image);
    for (const { digest } of image.digests) known(digest, image);
    for (const manifest of image.manifests ?? []) {
      known(manifest.row.digest, image);
      manifests.set(manifest.row.digest, [...(manifests.get(manifest.row.digest) ?? []), manifest]);
    }
  }
  return {
    find: (digest) => ({
      images: [...(images.get(digest) ?? [])],
      manifests: manifests.get(digest) ?? [],
    }),
  };
}
