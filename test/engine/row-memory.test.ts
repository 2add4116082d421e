import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { connectTo } from '../support/gateway.ts';
import type { HttpEngine } from '../support/http-engine.ts';
import { idOf, type ImageJson, startStandInEngine } from '../support/stand-in-engine.ts';

let images: readonly ImageJson[] = [];
let http: HttpEngine;
let engine: Engine;
beforeAll(async () => {
  http = await startStandInEngine(() => ({ images }));
  engine = connectTo('e', http.dial);
});
afterAll(async () => {
  engine.close();
  await http.close();
});

const list = () => engine.listImages(AbortSignal.timeout(5_000));
const image = (number: number, more: Partial<ImageJson> = {}): ImageJson => ({
  Id: idOf(number),
  Created: 100 - number,
  Size: 1,
  ...more,
});

describe('a list after a list', () => {
  it('holds the very rows that have not changed, and new ones for those that have', async () => {
    images = [image(1), image(2), image(3)];
    const [one, two, three] = await list();
    images = [image(1), image(2, { RepoTags: ['moved:1'] }), image(4)];
    const [first, second, third] = await list();
    expect(first).toBe(one);
    expect(second).not.toBe(two);
    expect(second).toMatchObject({ id: idOf(2), tags: ['moved:1'] });
    expect(third?.id).toBe(idOf(4));
    images = [image(3)];
    const [back] = await list();
    expect(back).toEqual(three);
    // Only the last list is remembered, however many there were.
    expect(back).not.toBe(three);
  });

  it('remembers through a list that failed', async () => {
    images = [image(1)];
    const [before] = await list();
    images = [null as never];
    await expect(list()).rejects.toMatchObject({ code: 'ENGINE_BAD_RESPONSE' });
    images = [image(1)];
    const [after] = await list();
    expect(after).toBe(before);
  });
});
