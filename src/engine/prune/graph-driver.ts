import type { ImageRow } from '../image-row.ts';
import { canonicalName, parseEngineTag } from '../reference.ts';
import {
  countChildren,
  isWanted,
  type PruneOptions,
  type PrunePlan,
  type PruneState,
} from './prune.ts';

/** A name with its parts, in the order in which the engine goes through them. */
interface Reference {
  readonly text: string;
  readonly repository: string;
  readonly isTag: boolean;
}

/** What is left of the images while some of them are taken away. */
interface Store {
  readonly alive: Map<string, ImageRow>;
  readonly references: Map<string, Reference[]>;
  /** How many images are built on one, by ID. */
  readonly children: Map<string, number>;
  readonly used: ReadonlySet<string>;
}

/**
 * docker image prune of graph drivers (moby daemon/images/image_prune.go and image_delete.go, 20.10 and 28.5). Images that
 * others are built on lose their names and stay for as long as those do.
 */
export function pruneGraphDriver(state: PruneState, options: PruneOptions): PrunePlan {
  const store = toStore(state);
  for (const row of state.images.filter((image) => isCandidate(image, store, options))) {
    const references = store.references.get(row.id) ?? [];
    if (references.length === 0) removeById(store, row.id);
    else if (!options.danglingOnly || !references.some(({ isTag }) => isTag)) {
      for (const reference of references) removeReference(store, row.id, reference);
    }
  }
  return planOf(state, store);
}

function toStore({ images, containers }: PruneState): Store {
  return {
    alive: new Map(images.map((row) => [row.id, row])),
    references: new Map(images.map((row) => [row.id, referencesOf(row)])),
    children: countChildren(images),
    used: new Set(containers.flatMap(({ imageId }) => imageId ?? [])),
  };
}

/** By the order of the engine's texts, in which a tag comes before a digest of the same repository. */
function referencesOf({ tags, digests }: ImageRow): Reference[] {
  return [...tags, ...digests]
    .flatMap((text) => {
      const name = parseEngineTag(text);
      if (name === null) return [];
      return {
        text,
        repository: canonicalName(name.domain, name.path),
        isTag: name.digest === null,
      };
    })
    .sort((a, b) => (spell(a) < spell(b) ? -1 : 1));
}

function spell({ text, repository, isTag }: Reference): string {
  return `${repository}${text.slice(isTag ? text.lastIndexOf(':') : text.indexOf('@'))}`;
}

function isCandidate(row: ImageRow, store: Store, options: PruneOptions): boolean {
  const isNamed = (store.references.get(row.id) ?? []).length > 0;
  // Of images with children a prune of dangling ones never hears (Heads), and a prune of all only by their names.
  if (hasChildren(store, row.id) && (options.danglingOnly || !isNamed)) return false;
  return isWanted(row, options);
}

function hasChildren({ children }: Store, id: string): boolean {
  return (children.get(id) ?? 0) > 0;
}

/** docker rmi NAME, without --force. */
function removeReference(store: Store, id: string, reference: Reference): void {
  const before = store.references.get(id) ?? [];
  if (!before.includes(reference)) return;
  if (isSingle(before) && store.used.has(id)) return;
  let left = before.filter((other) => other !== reference);
  const ofRepository = left.filter(({ repository }) => repository === reference.repository);
  // Digests go with the last tag of their repository.
  if (reference.isTag && !ofRepository.some(({ isTag }) => isTag)) {
    left = left.filter((other) => !ofRepository.includes(other));
  }
  store.references.set(id, left);
  if (left.length === 0) removeImage(store, id);
}

/** docker rmi ID, without --force. */
function removeById(store: Store, id: string): void {
  if (!store.used.has(id)) removeImage(store, id);
}

/** Removes an image that nothing holds, and then its parents for as long as nothing holds those. */
function removeImage(store: Store, start: string): void {
  for (let id: string | null = start; id !== null;) {
    const row = store.alive.get(id);
    const isNamed = (store.references.get(id) ?? []).length > 0;
    if (row === undefined || isNamed || store.used.has(id) || hasChildren(store, id)) return;
    store.alive.delete(id);
    id = row.parentId;
    if (id !== null) store.children.set(id, (store.children.get(id) ?? 0) - 1);
  }
}

/** One name, or one tag with digests of its repository. */
function isSingle(references: readonly Reference[]): boolean {
  if (references.length <= 1) return true;
  const tags = references.filter(({ isTag }) => isTag);
  if (tags.length > 1) return false;
  const repositories = new Set(references.map(({ repository }) => repository));
  return repositories.size === 1;
}

function planOf({ images }: PruneState, { alive, references }: Store): PrunePlan {
  const left = (id: string) => new Set((references.get(id) ?? []).map(({ text }) => text));
  return {
    removed: new Set(images.filter(({ id }) => !alive.has(id)).map(({ id }) => id)),
    untagged: images
      .filter(({ id }) => alive.has(id))
      .flatMap(({ id, tags }) => {
        const kept = left(id);
        const gone = tags.filter((tag) => parseEngineTag(tag) !== null && !kept.has(tag));
        return gone.map((reference) => ({ imageId: id, reference }));
      }),
  };
}
