import type { StoredImage } from './stored-image.ts';

/** What happened to an image, in the words of events. */
export interface ImageChange {
  readonly action: 'create' | 'tag' | 'untag' | 'delete' | 'pull';
  /** The image's ID; of pull it is the name. */
  readonly actor: string;
  /** The name that it is about; the ID where it is about none. */
  readonly name: string;
}

/** What is remembered of images to see later what has changed: by ID, without their content. */
export type Inventory = ReadonlyMap<string, Mark>;

interface Mark {
  readonly names: readonly string[];
  /** Differs when anything else differs that a list shows. */
  readonly state: string;
}

/** Remembers images. */
export function toInventory(images: readonly StoredImage[]): Inventory {
  return new Map(
    images.map((image) => [image.id, { names: namesOf(image), state: stateOf(image) }]),
  );
}

/** Tags, and the digests that are names of their own and not the other side of a tag. */
function namesOf({ tags, digests }: StoredImage): string[] {
  const tagged = new Set(tags.map(repositoryOf));
  return [...tags, ...digests.filter((digest) => !tagged.has(repositoryOf(digest)))];
}

function repositoryOf(name: string): string {
  const at = name.indexOf('@');
  return name.slice(0, at < 0 ? name.lastIndexOf(':') : at);
}

/** The ID pins what its manifests are, but not which blobs of them are here, nor what index.json adds. */
function stateOf(image: StoredImage): string {
  const { size, created, parentId, labels, descriptor, manifests } = image;
  const parts = manifests?.map(({ available, contentSize }) => [available, contentSize]);
  return JSON.stringify([size, created, parentId, labels === null, descriptor, parts]);
}

/**
 * What happened between two readings, as Docker's containerd store tells it: of a name that moved only the
 * winner is named, and more of an image under the same ID is a pull. What came is told before what went,
 * so that a name is never without an image in between.
 */
export function changesBetween(before: Inventory, after: Inventory): ImageChange[] {
  const came: ImageChange[] = [];
  const went: ImageChange[] = [];
  const moved = new Set<string>();
  for (const [id, mark] of after) {
    const known = before.get(id);
    const gained = missingFrom(known?.names ?? [], mark.names);
    gained.forEach((name) => moved.add(name));
    if (known === undefined) came.push({ action: 'create', actor: id, name: id });
    came.push(...gained.map((name) => ({ action: 'tag' as const, actor: id, name })));
    if (known !== undefined && known.state !== mark.state) came.push(toPull(id, mark));
  }
  for (const [id, { names }] of before) {
    const now = after.get(id);
    const lost = missingFrom(now?.names ?? [], names).filter((name) => !moved.has(name));
    went.push(...lost.map((name) => ({ action: 'untag' as const, actor: id, name })));
    if (now === undefined) went.push({ action: 'delete', actor: id, name: id });
  }
  return [...came, ...went];
}

function missingFrom(some: readonly string[], others: readonly string[]): string[] {
  return others.filter((name) => !some.includes(name));
}

function toPull(id: string, { names: [name] }: Mark): ImageChange {
  if (name === undefined) return { action: 'create', actor: id, name: id };
  return { action: 'pull', actor: name, name: repositoryOf(name) };
}
