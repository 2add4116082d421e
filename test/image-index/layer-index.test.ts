import { describe, expect, it } from 'vitest';
import { EngineError } from '../../src/engine/engine-error.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { DetailStore } from '../../src/image-index/details/detail-store.ts';
import type { DetailTarget } from '../../src/image-index/details/detail-target.ts';
import { createLayerIndex } from '../../src/image-index/details/layer-index.ts';
import { createImageView } from '../../src/image-index/image-view.ts';
import { manyImages } from '../support/fixed-index.ts';

const IMAGES = 1_000;
const { signal } = new AbortController();

/** The layers of a thousand images. @param read what becomes of each read */
function layersBy(read: (at: number) => Promise<null>) {
  let begun = 0;
  const engine = { name: 'e', ready: async () => ({ api: 51 }) } as unknown as Engine;
  const store = { detail: () => read(++begun) } as unknown as DetailStore;
  const index = createLayerIndex(engine, () => store);
  const view = createImageView('e', manyImages(IMAGES).images);
  return { ask: () => index.view(view, signal), begun: () => begun };
}

describe('the layers of all images', () => {
  it('are read few at a time', async () => {
    const ends: (() => void)[] = [];
    const layers = layersBy(() => new Promise((resolve) => ends.push(() => resolve(null))));
    const asked = layers.ask();
    await expect.poll(layers.begun).toBe(64);
    while (layers.begun() < IMAGES) {
      for (const end of ends.splice(0)) end();
      await new Promise(setImmediate);
      expect(ends.length).toBeLessThanOrEqual(64);
    }
    for (const end of ends) end();
    expect((await asked).isComplete).toBe(true);
  });

  it('are read no further once the engine fails', async () => {
    const layers = layersBy(async () => {
      throw new EngineError('ENGINE_UNAVAILABLE', 'e', 'gone');
    });
    await expect(layers.ask()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(layers.begun()).toBeLessThanOrEqual(64);
  });

  it('are forgotten of images that are gone, although nobody asks any more', async () => {
    const asked: string[] = [];
    const engine = { name: 'e', ready: async () => ({ api: 51 }) } as unknown as Engine;
    const detail = async ({ row }: DetailTarget) => (asked.push(row.id), { layers: [row.id] });
    const index = createLayerIndex(engine, () => ({ detail }) as unknown as DetailStore);
    const { images } = manyImages(2_500);
    const viewOf = (from: number, to: number) => createImageView('e', images.slice(from, to));
    await index.view(viewOf(0, 1), signal);
    index.follow(viewOf(1, 2_000), signal);
    await expect.poll(() => asked.length).toBe(2_000);
    index.follow(viewOf(2_000, 2_001), signal);
    await expect.poll(() => asked.length).toBe(2_001);
    await new Promise(setImmediate);
    await index.view(viewOf(0, 1), signal);
    expect(asked.filter((id) => id === images[0]?.id)).toHaveLength(2);
  });
});
