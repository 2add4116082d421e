import type { ImageRow } from '../engine/image-row.ts';
import type { ParsedName } from '../engine/reference.ts';
import type { Image } from './image-view.ts';

/** No tag, and no digest reference with a repository. */
export function isDangling(image: Image): boolean {
  return image.row.tags.length === 0 && !isNamedByDigest(image.row);
}

/** The names of an image: its tags, and its digests with a repository. */
export function namesOf(image: Image): readonly ParsedName[] {
  return [...image.tags, ...image.digests].flatMap(({ name }) => (name === null ? [] : [name]));
}

/** Image ID, digests of repositories, and every manifest's digest. */
export function digestsOf(image: Image): readonly string[] {
  const manifests = (image.row.manifests ?? []).map((manifest) => manifest.digest);
  return [image.row.id, ...image.digests.map(({ digest }) => digest), ...manifests];
}

/** Whether a digest reference with a repository names the image; a bare digest names nothing. */
export function isNamedByDigest(row: ImageRow): boolean {
  return row.digests.some((reference) => reference.includes('@'));
}

/** Of name@digest, and of a bare digest. */
export function digestOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('@') + 1);
}
