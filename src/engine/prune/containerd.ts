import type { ContainerRow } from '../container-row.ts';
import type { ImageRow } from '../image-row.ts';
import { canonicalName, parseEngineTag, parseReference } from '../reference.ts';
import { isWanted, type PruneOptions, type PrunePlan, type PruneState } from './prune.ts';

/**
 * docker image prune of the containerd store (moby daemon/containerd/image_prune.go, 28.5). It knows names, not images: each goes for
 * itself, and an image is gone with its last one. Nothing is kept because something is built on it. A container
 * keeps the name that it was made from; where it was made from an ID, the last name of its image, in alphabetical order.
 */
export function pruneContainerd(state: PruneState, options: PruneOptions): PrunePlan {
  const keepsName = new Set(
    state.containers.flatMap(({ imageReference }) => nameOf(imageReference)),
  );
  const keepsImage = new Set(state.containers.flatMap(keptById));
  const isUsed = new Set(state.containers.flatMap(({ imageId }) => imageId ?? []));
  const removed = new Set<string>();
  const untagged: { imageId: string; reference: string }[] = [];
  for (const row of state.images.filter((image) => isWanted(image, options))) {
    const names = namesOf(row);
    if (names.length === 0 && !isUsed.has(row.id)) removed.add(row.id);
    if (names.length === 0 || options.danglingOnly) continue;
    const isKept = (name: string) => nameOf(name).some((canonical) => keepsName.has(canonical));
    const gone = names.filter((name) => !isKept(name)).sort(byCanonicalName);
    if (gone.length === names.length && keepsImage.has(row.id)) gone.pop();
    if (gone.length === names.length) removed.add(row.id);
    else untagged.push(...tagsAmong(row, gone));
  }
  return { removed, untagged };
}

/** The names that the store has an image under: lists make up name@digest for each tag. */
function namesOf({ tags, digests }: ImageRow): readonly string[] {
  return tags.length > 0 ? tags : digests.filter((text) => text.includes('@'));
}

function tagsAmong({ id, tags }: ImageRow, gone: readonly string[]) {
  return tags.filter((tag) => gone.includes(tag)).map((reference) => ({ imageId: id, reference }));
}

/** In full, with the tag latest where there is none; nothing for what is no name. */
function nameOf(text: string): readonly string[] {
  const name = parseEngineTag(text);
  if (name === null) return [];
  const full = canonicalName(name.domain, name.path);
  return [name.digest === null ? `${full}:${name.tag ?? 'latest'}` : `${full}@${name.digest}`];
}

function byCanonicalName(a: string, b: string): number {
  return (nameOf(a)[0] ?? a) < (nameOf(b)[0] ?? b) ? -1 : 1;
}

/** The image of a container that was made from an ID or the beginning of one. */
function keptById({ imageId, imageReference }: ContainerRow): readonly string[] {
  const reference = parseReference(imageReference);
  const hex = reference?.kind === 'id' ? reference.hex : (reference?.idPrefix ?? null);
  return imageId !== null && hex !== null && imageId.startsWith(`sha256:${hex}`) ? [imageId] : [];
}
