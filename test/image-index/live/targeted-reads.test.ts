import { describe, expect, it, vi } from 'vitest';
import type { ImageRow } from '../../../src/engine/image-row.ts';
import type { ScriptedEngine } from '../../support/scripted-engine.ts';
import { CONTAINERD, containerRow, imageRow, manifestRow } from '../../support/scripted-rows.ts';
import { idOf } from '../../support/stand-in-engine.ts';
import { isSettled, openLive, pass, read, useFakedClocks } from './open-index.ts';

vi.mock('node:timers/promises', () => import('../../support/faked-timers-promises.ts'));
useFakedClocks();

const [A, B, C] = [idOf(1), idOf(2), idOf(3)];
const two = (scripted: ScriptedEngine): void =>
  scripted.put(imageRow(1, ['demo/x:1']), imageRow(2, ['demo/y:1']));
/** Changes an image, and tells of it. */
function change({ put, announceImage }: ScriptedEngine, row: ImageRow, reference?: string): void {
  put(row);
  announceImage('TAG', row.id, reference ?? row.tags[0] ?? null);
}

/** The second name of the first image; who gets it is not there any more when it is asked for. */
async function moveToOneThatVanishes({ put, announceImage }: ScriptedEngine): Promise<void> {
  put(imageRow(1, ['demo/x:1']));
  announceImage('TAG', C, 'demo/z:1');
  announceImage('DELETE', C);
  await pass();
}

describe('an image that an event named', () => {
  it('is read by itself, and no list is made', async () => {
    const { scripted, tags } = await openLive(two);
    const before = scripted.reads.asked('readImage').length;
    change(scripted, imageRow(2, ['demo/y:1', 'demo/z:1']), 'demo/z:1');
    expect(await tags()).toEqual({ 1: ['demo/x:1'], 2: ['demo/y:1', 'demo/z:1'] });
    await pass(20);
    expect(scripted.reads.asked('readImage').slice(before)).toEqual([B]);
    expect(scripted.reads.count('listImages')).toBe(1);
  });

  it('is read again when it was named once more while it was being read', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.reads.hold('readImage');
    change(scripted, imageRow(2, ['demo/y:2']));
    await pass();
    scripted.reads.heldOne('readImage').look();
    change(scripted, imageRow(2, ['demo/y:3']));
    const answer = tags();
    scripted.reads.heldOne('readImage').release();
    expect(await isSettled(answer)).toBe(false);
    scripted.reads.heldOne('readImage').release();
    expect(await answer).toMatchObject({ 2: ['demo/y:3'] });
  });

  it('is read again when its name was given to one that came and went while it was being read', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.reads.hold('readImage');
    change(scripted, imageRow(1, ['demo/x:1', 'demo/z:1']), 'demo/z:1');
    await pass();
    scripted.reads.heldOne('readImage').look();
    await moveToOneThatVanishes(scripted);
    scripted.reads.letGo();
    expect(await tags()).toEqual({ 1: ['demo/x:1'], 2: ['demo/y:1'] });
  });

  it('is read again when a list did not know yet to whom its name was given meanwhile', async () => {
    const { scripted, tags } = await openLive(two, { timers: true });
    scripted.put(imageRow(1, ['demo/x:1', 'demo/z:1']));
    scripted.reads.hold('listImages');
    await pass(5 * 60_000 + 2_000);
    scripted.reads.heldOne('listImages').look();
    await moveToOneThatVanishes(scripted);
    scripted.reads.letGo();
    await pass(50);
    expect(await tags()).toEqual({ 1: ['demo/x:1'], 2: ['demo/y:1'] });
  });

  it('by its name alone is found by that, wherever the name is now', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.put(imageRow(1), imageRow(3, ['demo/x:1']));
    scripted.announceImage('PULL', null, 'demo/x:1');
    expect(await tags()).toEqual({ 1: [], 2: ['demo/y:1'], 3: ['demo/x:1'] });
  });

  it('by a name that is gone has its former owner looked at', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.images.delete(A);
    scripted.announceImage('PUSH', null, 'demo/x:1');
    expect(await tags()).toEqual({ 2: ['demo/y:1'] });
  });

  it('is gone when the engine says so, and an earlier list does not bring it back', async () => {
    const { scripted, index, tags } = await openLive(two, { timers: true });
    scripted.reads.hold('listImages');
    await pass(5 * 60_000 + 2_000);
    scripted.reads.heldOne('listImages').look();
    scripted.images.delete(A);
    scripted.announceImage('DELETE', A);
    await pass();
    expect(await tags()).toEqual({ 2: ['demo/y:1'] });
    scripted.reads.letGo();
    await pass(50);
    expect(index.state().fullReads).toBe(2);
    expect(await tags()).toEqual({ 2: ['demo/y:1'] });
  });

  it('is read while a list is under way, which does not undo it', async () => {
    const { scripted, tags } = await openLive(two, { timers: true });
    scripted.reads.hold('listImages');
    await pass(5 * 60_000 + 2_000);
    scripted.reads.heldOne('listImages').look();
    change(scripted, imageRow(2, ['demo/new:1']));
    expect(await tags()).toMatchObject({ 2: ['demo/new:1'] });
    scripted.reads.letGo();
    await pass();
    expect(await tags()).toMatchObject({ 2: ['demo/new:1'] });
  });

  it.each(['SAVE', 'exec_start: sh', 'health_status: healthy', 'top'])(
    'by %s is not read',
    async (action) => {
      const row = imageRow(1, ['demo/x:1']);
      const { scripted, index } = await openLive((scripted) =>
        scripted.put(row, containerRow(1, row)),
      );
      const before = scripted.reads.count('readImage') + scripted.reads.count('readContainers');
      if (action === 'SAVE') scripted.announceImage('SAVE', A, 'demo/x:1');
      else scripted.announceContainer(action, containerRow(1, row));
      await pass(50);
      expect(scripted.reads.count('readImage') + scripted.reads.count('readContainers')).toBe(
        before,
      );
      expect(index.version()).not.toBeNull();
    },
  );
});

describe('what an event made doubtful and was found out only later', () => {
  it('is waited for by whoever came after that event: the image that had the name', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.reads.hold('readImage');
    scripted.put(imageRow(1, ['demo/w:1']));
    change(scripted, imageRow(2, ['demo/x:1', 'demo/y:1']), 'demo/y:1');
    await pass();
    const answer = tags();
    scripted.reads.heldOne('readImage', B).release();
    expect(await isSettled(answer)).toBe(false);
    scripted.reads.heldOne('readImage', A).release();
    expect(await answer).toEqual({ 1: ['demo/w:1'], 2: ['demo/x:1', 'demo/y:1'] });
  });

  it('is not waited for by whoever came before it', async () => {
    const { scripted, index, tags } = await openLive(two);
    scripted.reads.hold('readImage');
    change(scripted, imageRow(1, ['demo/x:2']));
    await pass();
    const early = tags();
    change(scripted, imageRow(2, ['demo/y:2']));
    await pass();
    scripted.reads.heldOne('readImage', A).release();
    await pass(20);
    expect(await early).toEqual({ 1: ['demo/x:2'], 2: ['demo/y:1'] });
    expect(await isSettled(read(index).images())).toBe(false);
  });

  it('is a parent that is not known', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.reads.hold('readImage');
    scripted.put(imageRow(3));
    change(scripted, imageRow(4, ['demo/child:1'], { parentId: C }));
    await pass();
    const answer = tags();
    scripted.reads.heldOne('readImage', idOf(4)).release();
    expect(await isSettled(answer)).toBe(false);
    scripted.reads.letGo();
    expect(await answer).toMatchObject({ 3: [], 4: ['demo/child:1'] });
  });

  it('is every image that shares a manifest which has come', async () => {
    const holding = (number: number, available: boolean) =>
      imageRow(number, [`demo/${number}:1`], { manifests: [manifestRow(9, { available })] });
    const { scripted, index } = await openLive((scripted) =>
      scripted.put(holding(1, false), holding(2, false)),
    );
    scripted.put(holding(1, true), holding(2, true));
    scripted.announceImage('PULL', null, 'demo/1:1');
    const { rows } = await read(index).images();
    expect(rows.map(({ manifests }) => manifests?.[0]?.available)).toEqual([true, true]);
  });

  it('is how engines print the image in its containers, when it is called otherwise', async () => {
    const image = imageRow(1, ['demo/x:1']);
    const { scripted, index } = await openLive((scripted) =>
      scripted.put(image, containerRow(1, image)),
    );
    scripted.put(containerRow(1, image, { imageReference: A }));
    change(scripted, imageRow(1, ['demo/z:1']));
    const [container] = await read(index).containers();
    expect(container?.imageReference).toBe(A);
  });

  it('is the size of an image whose manifest is unpacked for its first container', async () => {
    const packed = imageRow(1, ['demo/x:1'], { manifests: [manifestRow(1, { unpackedSize: 0 })] });
    const { scripted, index } = await openLive((scripted) => scripted.put(packed));
    scripted.put(imageRow(1, ['demo/x:1'], { size: 99 }), containerRow(1, packed));
    scripted.announceContainer('create', containerRow(1, packed));
    const { rows } = await read(index).images();
    expect(rows[0]?.size).toBe(99);
  });
});

describe('a list takes the place of single reads', () => {
  it('after two errors for one image', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.reads.failNext('readImage', 2);
    change(scripted, imageRow(2, ['demo/y:2']));
    await pass(200);
    expect(scripted.reads.count('listImages')).toBe(1);
    const answer = tags();
    await pass(100);
    expect(await answer).toMatchObject({ 2: ['demo/y:2'] });
    expect(scripted.reads.count('listImages')).toBe(2);
  });

  it('not after one', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.reads.failNext('readImage', 1);
    change(scripted, imageRow(2, ['demo/y:2']));
    const answer = tags();
    await pass(300);
    expect(await answer).toMatchObject({ 2: ['demo/y:2'] });
    expect(scripted.reads.count('listImages')).toBe(1);
  });

  it('when so many are marked that it is cheaper, and once more for those that came meanwhile', async () => {
    const { scripted, tags } = await openLive();
    scripted.reads.hold('readImage');
    change(scripted, imageRow(1, ['demo/1:1']));
    await pass(1_000);
    scripted.reads.letGo();
    await pass();
    for (let number = 2; number <= 1_000; number++) {
      change(scripted, imageRow(number, [`demo/${number}:1`]));
    }
    expect(Object.keys(await tags())).toHaveLength(1_000);
    expect(scripted.reads.count('listImages')).toBe(3);
    expect(scripted.reads.count('readImage')).toBeLessThan(80);
  });

  it('on an engine that cannot be asked for one image', async () => {
    const { scripted, tags } = await openLive((scripted) => {
      two(scripted);
      scripted.facts = { ...CONTAINERD, store: 'GRAPH_DRIVER' };
    });
    change(scripted, imageRow(2, ['demo/y:2']));
    expect(await tags()).toMatchObject({ 2: ['demo/y:2'] });
    expect(scripted.reads.count('readImage')).toBe(0);
    expect(scripted.reads.count('listImages')).toBe(2);
  });

  it('while an inspect says something else than the list, until they agree', async () => {
    const { scripted, tags } = await openLive((scripted) => {
      two(scripted);
      scripted.listedAs.set(A, imageRow(1, ['demo/x:1'], { size: 7 }));
    });
    const before = scripted.reads.count('readImage');
    change(scripted, imageRow(2, ['demo/y:2']));
    expect(await tags()).toMatchObject({ 2: ['demo/y:2'] });
    await pass(5_000);
    expect(scripted.reads.count('listImages')).toBe(2);
    expect(scripted.reads.count('readImage')).toBe(before + 2);
    scripted.listedAs.clear();
    await pass(60_000);
    change(scripted, imageRow(2, ['demo/y:3']));
    expect(await tags()).toMatchObject({ 2: ['demo/y:3'] });
    await pass();
    change(scripted, imageRow(2, ['demo/y:4']));
    expect(await tags()).toMatchObject({ 2: ['demo/y:4'] });
    expect(scripted.reads.count('listImages')).toBe(3);
  });

  it('and is compared with inspects once a minute while these say something else', async () => {
    const { scripted, tags } = await openLive((scripted) => {
      two(scripted);
      scripted.listedAs.set(A, imageRow(1, ['demo/x:1'], { size: 7 }));
    });
    const comparisons = () => scripted.reads.count('readImage') / 2;
    for (let second = 0; second < 120; second++) {
      change(scripted, imageRow(2, [`demo/y:${second}`]));
      expect(await tags()).toMatchObject({ 2: [`demo/y:${second}`] });
      await pass(1_000);
    }
    expect(scripted.reads.count('listImages')).toBe(1 + 120);
    // At once, then once more in case that it was a change which nothing announced.
    expect(comparisons()).toBe(2 + 1);
  });

  it('and is compared at once with the inspects of another engine', async () => {
    const { scripted, tags } = await openLive((scripted) => {
      two(scripted);
      scripted.listedAs.set(A, imageRow(1, ['demo/x:1'], { size: 7 }));
    });
    change(scripted, imageRow(2, ['demo/y:2']));
    await tags();
    scripted.facts = { ...CONTAINERD, engineId: 'engine-2' };
    scripted.listedAs.clear();
    scripted.events.cut();
    await pass(200);
    const lists = scripted.reads.count('listImages');
    change(scripted, imageRow(2, ['demo/y:3']));
    expect(await tags()).toMatchObject({ 2: ['demo/y:3'] });
    expect(scripted.reads.count('listImages')).toBe(lists);
  });

  it.each([
    ['images', 'listImages', 'readImage'],
    ['containers', 'listContainers', 'readContainers'],
  ] as const)('of %s, when events name more than a thousand', async (kind, list, one) => {
    const { scripted, index } = await openLive();
    scripted.reads.hold(one);
    for (let number = 1; number <= 1_001; number++) {
      const container = containerRow(0x10000 + number, imageRow(number));
      if (kind === 'images') change(scripted, imageRow(number));
      else {
        scripted.put(container);
        scripted.announceContainer('start', container);
      }
    }
    await pass();
    scripted.reads.letGo();
    await read(index)[kind]();
    expect(index.state()[kind]).toBe(1_001);
    expect(scripted.reads.count(list)).toBe(2);
    expect(scripted.reads.count(one)).toBeLessThan(16);
  });
});

describe('lists that events ask for', () => {
  /** Each list takes a second, and something is told during each of them. */
  async function openSlow() {
    const { scripted } = await openLive((scripted) => {
      two(scripted);
      scripted.facts = { ...CONTAINERD, store: 'GRAPH_DRIVER' };
    });
    scripted.reads.hold('listImages');
    const lists = () => scripted.reads.count('listImages') - 1;
    const list = async (): Promise<void> => {
      change(scripted, imageRow(2, ['demo/y:2']));
      await pass(1_000);
      scripted.reads.heldOne('listImages').release();
      await pass();
    };
    change(scripted, imageRow(2, ['demo/y:2']));
    await pass();
    return { scripted, lists, list };
  }

  it('take half of the time, after two that start at once', async () => {
    const { lists, list } = await openSlow();
    await list();
    expect(lists()).toBe(2);
    for (const expected of [2, 3, 4]) {
      await list();
      await pass(990);
      expect(lists()).toBe(expected);
      await pass(10);
      expect(lists()).toBe(expected + 1);
    }
  });

  it('wait no longer than the last one took, however long those before it did', async () => {
    const { scripted, lists, list } = await openSlow();
    await list();
    change(scripted, imageRow(2, ['demo/y:3']));
    await pass(10);
    scripted.reads.heldOne('listImages').release();
    await pass(10);
    expect(lists()).toBe(3);
  });

  it('start at once again after a quiet time', async () => {
    const { scripted, lists, list } = await openSlow();
    for (let times = 0; times < 2; times++) await list();
    await pass(1_000);
    await pass(1_000);
    scripted.reads.heldOne('listImages').release();
    await pass(2_000);
    expect(lists()).toBe(3);
    change(scripted, imageRow(2, ['demo/y:3']));
    await pass();
    expect(lists()).toBe(4);
    await list();
    expect(lists()).toBe(5);
  });

  it('once, although lists tell no parent and inspects are not trusted any longer', async () => {
    const child = imageRow(2, ['demo/y:1'], { parentId: A });
    const { scripted, tags } = await openLive((scripted) => {
      scripted.put(imageRow(1, ['demo/x:1']), child);
      scripted.listedAs.set(B, { ...child, parentId: null });
    });
    change(scripted, child);
    await tags();
    scripted.listedAs.set(A, imageRow(1, ['demo/x:1'], { size: 7 }));
    scripted.announceImage('PRUNE', null);
    await tags();
    await pass();
    scripted.announceImage('PRUNE', null);
    await pass(5_000);
    expect(scripted.reads.count('listImages')).toBe(3);
  });
});

describe('an image that was announced before it was unpacked', () => {
  const packed = imageRow(3, ['demo/new:1'], { manifests: [manifestRow(3, { unpackedSize: 0 })] });

  it('is looked at again, and nobody waits for that', async () => {
    const { scripted, index } = await openLive(two);
    change(scripted, packed);
    await pass();
    expect(index.version()).not.toBeNull();
    scripted.put(imageRow(3, ['demo/new:1'], { size: 99 }));
    await pass(60);
    const { rows } = await read(index).images();
    expect(rows.find(({ id }) => id === C)?.size).toBe(99);
    const reads = scripted.reads.count('readImage');
    await pass(10_000);
    expect(scripted.reads.count('readImage')).toBe(reads);
  });

  it('is looked at three times at most', async () => {
    const { scripted } = await openLive(two);
    const before = scripted.reads.count('readImage');
    change(scripted, packed);
    await pass(60_000);
    expect(scripted.reads.asked('readImage').slice(before)).toEqual([C, C, C, C]);
  });

  it('is left alone once it is gone', async () => {
    const { scripted } = await openLive(two);
    change(scripted, packed);
    await pass();
    scripted.images.delete(C);
    scripted.announceImage('DELETE', C);
    await pass();
    const reads = scripted.reads.count('readImage');
    await pass(60_000);
    expect(scripted.reads.count('readImage')).toBe(reads);
  });

  it('is looked at again when it is gone and nothing has said that it was deleted', async () => {
    const { scripted, tags } = await openLive(two);
    scripted.images.delete(A);
    scripted.put(imageRow(3, ['demo/x:1']));
    scripted.announceImage('PULL', null, 'demo/x:1');
    expect(await tags()).toEqual({ 2: ['demo/y:1'], 3: ['demo/x:1'] });
    scripted.put(imageRow(1, []));
    await pass(60);
    expect(await tags()).toEqual({ 1: [], 2: ['demo/y:1'], 3: ['demo/x:1'] });
  });

  it('is left to lists when these and inspects do not agree any longer', async () => {
    const { scripted, index } = await openLive(two);
    change(scripted, packed);
    await pass();
    scripted.listedAs.set(A, imageRow(1, ['demo/x:1'], { size: 7 }));
    scripted.announceImage('PRUNE', null);
    await pass(2_000);
    expect(index.version()).not.toBeNull();
    expect(scripted.reads.count('listImages')).toBe(2);
  });
});
