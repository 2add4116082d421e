import { isDeepStrictEqual } from 'node:util';
import { expect, vi } from 'vitest';
import type { ContainerRow } from '../../src/engine/container-row.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { ImageRow } from '../../src/engine/image-row.ts';
import type { ImageIndex } from '../../src/image-index/image-index.ts';

const reading = (index: ImageIndex) => index.read(AbortSignal.timeout(20_000));

/** Waits until the index shows an image with a name that has this part, and all that came before. */
export async function untilNamed(index: ImageIndex, part: string): Promise<void> {
  const isNamed = async (): Promise<boolean> => {
    const read = reading(index);
    const { rows } = await read.images();
    return !read.isStale() && rows.some(({ tags }) => tags.some((tag) => tag.includes(part)));
  };
  await expect.poll(isNamed, { timeout: 15_000, interval: 10 }).toBe(true);
}

/**
 * Compares an index with a full read of its engine, field by field; but for words that age by themselves.
 * @param withinMs how long that may take which the engine settles after it has announced it
 * @param parents LISTED where a list was all that told of some images: it need not know their parents
 */
export async function expectAgreement(
  index: ImageIndex,
  engine: Engine,
  withinMs: number,
  parents: 'INSPECTED' | 'LISTED' = 'INSPECTED',
): Promise<void> {
  const full = await readFully(engine);
  expect(ageless(await reading(index).containers())).toEqual(full.containers);
  const { rows } = await reading(index).images();
  const images = parents === 'LISTED' ? full.images.map(orAsHeld) : full.images;
  expect(rows.filter(isExact).map(unsized)).toEqual(images.filter(isExact).map(unsized));
  await vi.waitFor(
    async () => expect((await reading(index).images()).rows).toEqual(images),
    withinMs,
  );

  function orAsHeld(row: ImageRow): ImageRow {
    const held = rows.find(({ id }) => id === row.id);
    const isUnlisted = full.unlistedParents.has(row.id) && held?.parentId === null;
    return isUnlisted ? { ...row, parentId: null } : row;
  }
}

/** The containerd store keeps an image that lost its last name to a pull after it has announced the pull. */
const isExact = ({ descriptor, tags }: ImageRow): boolean => descriptor === null || tags.length > 0;
const unsized = (row: ImageRow) => ({ ...row, size: 0, manifests: row.manifests?.length });

/** Whether an index says now what a full read of its engine says, sizes and states and all. */
export async function agrees(index: ImageIndex, engine: Engine): Promise<boolean> {
  const { images, containers } = await readFully(engine);
  const { rows } = await reading(index).images();
  const held = ageless(await reading(index).containers());
  return isDeepStrictEqual([rows, held], [images, containers]);
}

async function readFully(engine: Engine) {
  const signal = AbortSignal.timeout(20_000);
  const images: ImageRow[] = [...(await engine.listImages(signal))];
  const containers = ageless(await engine.listContainers(signal));
  const unlistedParents = await completeParents(engine, images);
  return { images, containers, unlistedParents };
}

function ageless(rows: readonly ContainerRow[]): ContainerRow[] {
  return rows.map((row) => ({ ...row, statusText: '' }));
}

/**
 * Where a list of the containerd store misses the parent of an image with several names, inspect has it.
 * @returns the IDs of these images
 */
async function completeParents(engine: Engine, images: ImageRow[]): Promise<ReadonlySet<string>> {
  const facts = await engine.facts();
  const completed = new Set<string>();
  if (facts?.store !== 'CONTAINERD') return completed;
  for (const [at, row] of images.entries()) {
    if (row.parentId !== null) continue;
    const own = await engine.readImage(row.id, AbortSignal.timeout(5_000));
    const parentId = own?.parentId ?? null;
    if (parentId === null) continue;
    images[at] = { ...row, parentId };
    completed.add(row.id);
  }
  return completed;
}
