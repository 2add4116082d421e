import { expect, it, vi } from 'vitest';
vi.mock('node:timers/promises', () => import('../../support/faked-timers-promises.ts'));
import { containerRow, imageRow } from '../../support/scripted-rows.ts';
import { idOf } from '../../support/stand-in-engine.ts';
import { openLive, pass, read, useFakedClocks } from './open-index.ts';

useFakedClocks();

const image = imageRow(1, ['a:1']);

it('a reconciliation whose list fails once is made again soon', async () => {
  const { scripted, tags } = await openLive((engine) => engine.put(image), { timers: true });
  // Nothing announces it, and the count stays as it was.
  scripted.images.clear();
  scripted.put(imageRow(2, ['b:1']));
  scripted.reads.failNext('listImages', 1, 'ENGINE_BAD_RESPONSE');
  await pass(5 * 60_000 + 5_000);
  await pass(10_000);
  expect(Object.values(await tags())).toEqual([['b:1']]);
});

it('a second look at a container that fails once is taken again', async () => {
  const running = { ...containerRow(1, image), state: 'RUNNING' as const };
  const { scripted, index } = await openLive((engine) => engine.put(image, running));
  // The list has the new state only later.
  scripted.announceContainer('pause', running);
  await pass(20);
  scripted.put({ ...running, state: 'PAUSED' });
  scripted.reads.failNext('readContainers', 1, 'ENGINE_BAD_RESPONSE');
  await pass(60_000);
  expect((await read(index).containers())[0]?.state).toBe('PAUSED');
});

it('a second look at an image that fails once is taken again', async () => {
  const { scripted, index } = await openLive((engine) => engine.put(imageRow(9, ['z:1'])));
  const manifests = (image.manifests ?? []).map((one) => ({
    ...one,
    unpackedSize: 0,
    totalSize: 10,
  }));
  scripted.put({ ...image, size: 10, manifests });
  scripted.announceImage('TAG', image.id, 'a:1');
  await pass(20);
  scripted.put(image);
  scripted.reads.failNext('readImage', 1, 'ENGINE_BAD_RESPONSE');
  await pass(60_000);
  const { rows } = await read(index).images();
  expect(rows.find(({ id }) => id === image.id)?.size).toBe(image.size);
});

it('an image that was missed is found although the list that looks for it fails once', async () => {
  const { scripted, tags } = await openLive((engine) => engine.put(image), { timers: true });
  scripted.put(imageRow(2, ['b:1']));
  scripted.reads.failNext('listImages', 1, 'ENGINE_BAD_RESPONSE');
  await pass(120_000);
  expect(Object.values(await tags())).toEqual([['a:1'], ['b:1']]);
});

it('after hours without events nothing is shown from before them', async () => {
  const { scripted, index } = await openLive((engine) => engine.put(image, containerRow(1, image)));
  scripted.events.refuse('ENGINE_FORBIDDEN');
  scripted.events.cut();
  await pass(1_000);
  expect(index.state().mode).toBe('OFF');
  scripted.images.clear();
  scripted.put(imageRow(2, ['b:1']));
  await pass(3 * 3_600_000);
  scripted.reads.hold('listImages');
  scripted.events.refuse(null);
  await pass(20_000);
  const shown = read(index).images();
  await pass(2_100);
  expect(await Promise.race([shown, Promise.resolve('it waits')])).toBe('it waits');
  const list = scripted.reads.heldOne('listImages');
  list.look();
  list.release();
  await pass(20);
  expect((await shown).rows.flatMap(({ tags }) => tags)).toEqual(['b:1']);
});

it('a list of the former engine that ends while another greets is not taken for its own', async () => {
  const { scripted, index } = await openLive((engine) => engine.put(imageRow(1, ['old:1'])));
  scripted.reads.hold('listImages', 'greetAgain');
  // Only a list can tell what was loaded.
  scripted.announceImage('LOAD', null, null);
  await pass(20);
  const list = scripted.reads.heldOne('listImages');
  list.look();
  scripted.events.cut();
  await pass(200);
  const greeting = scripted.reads.heldOne('greetAgain');
  scripted.facts = { ...scripted.facts, engineId: 'another' };
  scripted.images.clear();
  scripted.put(imageRow(2, ['new:1']));
  list.release();
  for (let hop = 0; hop < 20; hop++) await Promise.resolve();
  greeting.release();
  await pass(100);
  const shown = read(index).images();
  await pass(2_100);
  expect(await Promise.race([shown, Promise.resolve('it waits')])).toBe('it waits');
});

it.each([true, false])(
  'a parent that the engine no longer tells is gone, inspects trusted: %s',
  async (trusted) => {
    const child = imageRow(2, ['b:1', 'c:1'], { parentId: image.id });
    const { scripted, index } = await openLive((engine) => {
      engine.put(image, child);
      if (!trusted) engine.listedAs.set(idOf(1), imageRow(1, ['a:1'], { size: 31 }));
    });
    await pass(1_000);
    scripted.put(imageRow(2, ['b:1'], { parentId: null }));
    scripted.announceImage('UNTAG', child.id, 'c:1');
    await pass(400_000);
    const { rows } = await read(index).images();
    expect(rows.find(({ id }) => id === child.id)?.parentId).toBeNull();
  },
);

it('an engine that comes back as another release has another version of everything', async () => {
  const { scripted, index } = await openLive((engine) => engine.put(image));
  const before = index.version();
  scripted.events.cut();
  await pass(1_000);
  const same = index.version();
  scripted.facts = { ...scripted.facts, version: '99.0.0' };
  scripted.events.cut();
  await pass(10_000);
  expect(same).toBe(before);
  expect(index.version()).not.toBe(before);
});
