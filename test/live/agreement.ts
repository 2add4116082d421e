import { expect, vi } from 'vitest';
import type { ContainerRow, Engine, ImageRow } from '../../src/engine/engine.ts';
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
 * @param withinMs how long sizes may take that the engine settles after it has announced an image
 */
export async function expectAgreement(
  index: ImageIndex,
  engine: Engine,
  withinMs: number,
): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  const images: ImageRow[] = [...(await engine.listImages(signal))];
  const containers = await engine.listContainers(signal);
  const ageless = (rows: readonly ContainerRow[]) =>
    rows.map((row) => ({ ...row, statusText: '' }));
  expect(ageless(await reading(index).containers())).toEqual(ageless(containers));
  await completeParents(engine, images);
  const view = await reading(index).images();
  const unsized = (rows: readonly ImageRow[]) =>
    rows.map((row) => ({ ...row, size: 0, manifests: row.manifests?.length }));
  expect(unsized(view.rows)).toEqual(unsized(images));
  await vi.waitFor(
    async () => expect((await reading(index).images()).rows).toEqual(images),
    withinMs,
  );
}

/** Where a list of the containerd store misses the parent of an image with several names, inspect has it. */
async function completeParents(engine: Engine, images: ImageRow[]): Promise<void> {
  const facts = await engine.facts();
  if (facts?.store !== 'CONTAINERD') return;
  for (const [at, row] of images.entries()) {
    if (row.parentId !== null) continue;
    const own = await engine.readImage(row.id, AbortSignal.timeout(5_000));
    images[at] = { ...row, parentId: own?.parentId ?? null };
  }
}
