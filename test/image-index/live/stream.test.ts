import { describe, expect, it, vi } from 'vitest';
import type { ScriptedEngine } from '../../support/scripted-engine.ts';
import { CONTAINERD, containerRow, imageRow } from '../../support/scripted-rows.ts';
import { idOf } from '../../support/stand-in-engine.ts';
import {
  isSettled,
  type OpenIndex,
  openIndex,
  openLive,
  pass,
  read,
  useFakedClocks,
} from './open-index.ts';

vi.mock('node:timers/promises', () => import('../../support/faked-timers-promises.ts'));
useFakedClocks();

const [A, B] = [idOf(1), idOf(2)];
const two = (scripted: ScriptedEngine): void =>
  scripted.put(imageRow(1, ['demo/x:1']), imageRow(2, ['demo/y:1']));

/** Renames the second image, and tells of it. */
function rename({ put, announceImage }: ScriptedEngine, name: string): void {
  put(imageRow(2, [name]));
  announceImage('TAG', B, name);
}

/** A live index that has heard of something, so that a stream can be continued. */
async function openHeard(options?: Parameters<typeof openLive>[1]): Promise<OpenIndex> {
  const opened = await openLive(two, options);
  rename(opened.scripted, 'demo/y:2');
  await pass(50);
  return opened;
}
const words = ({ told }: OpenIndex): string[] =>
  told.map(({ action, reference }) => reference ?? action);

describe('a stream that was cut and continues without a gap', () => {
  it('F27 leads to no list, and what was missed is read', async () => {
    const opened = await openHeard();
    const { scripted, tags } = opened;
    scripted.events.cut();
    rename(scripted, 'demo/y:3');
    await pass(200);
    expect(await tags()).toMatchObject({ 2: ['demo/y:3'] });
    expect(scripted.reads.count('listImages')).toBe(1);
    expect(words(opened)).toEqual(['RESYNCED', 'demo/y:2', 'demo/y:3']);
  });

  it('lets whoever asks meanwhile wait for what was missed', async () => {
    const { scripted, tags } = await openHeard();
    scripted.reads.hold('readImage');
    scripted.events.cut();
    await pass();
    rename(scripted, 'demo/y:3');
    const answer = tags();
    await pass(500);
    expect(await isSettled(answer)).toBe(false);
    scripted.reads.letGo();
    expect(await answer).toMatchObject({ 2: ['demo/y:3'] });
  });

  it('F27 F36 is asked for what came 2 s before the last known event, as clocks may be set back', async () => {
    const { scripted } = await openHeard();
    rename(scripted, 'demo/y:3');
    const last = scripted.events.announce({
      type: 'IMAGE',
      action: 'SAVE',
      imageId: A,
      reference: null,
    });
    scripted.events.cut();
    await pass(200);
    expect(scripted.reads.asked('watchEvents').at(-1)).toBe(String(last.time - 2_000_000_000n));
  });

  it('F27 tells no event twice', async () => {
    const opened = await openHeard();
    for (let round = 0; round < 3; round++) {
      opened.scripted.events.cut();
      await pass(3_000);
    }
    expect(words(opened)).toEqual(['RESYNCED', 'demo/y:2']);
  });
});

describe('a stream that was cut and has a gap', () => {
  it('F28 leads to one list of images and of containers, and RESYNCED is told after it', async () => {
    const opened = await openHeard({ remembered: 2 });
    const { scripted, tags, modes } = opened;
    scripted.reads.hold('listImages');
    scripted.events.cut();
    for (const name of ['demo/a:1', 'demo/b:1', 'demo/c:1']) rename(scripted, name);
    scripted.put(imageRow(1));
    await pass(200);
    expect(modes).toEqual(['LIVE', 'SYNCING']);
    expect(words(opened)).toEqual(['RESYNCED', 'demo/y:2']);
    scripted.reads.letGo();
    await pass(50);
    expect(words(opened).slice(2)).toEqual(['RESYNCED', 'demo/b:1', 'demo/c:1']);
    expect(await tags()).toEqual({ 1: [], 2: ['demo/c:1'] });
    expect(modes).toEqual(['LIVE', 'SYNCING', 'LIVE']);
    expect(scripted.reads.count('listImages')).toBe(2);
    expect(scripted.reads.count('listContainers')).toBe(2);
  });

  it('F28 of 400 events, where the engine remembers 256, ends as its list', async () => {
    const opened = await openHeard();
    const { scripted, tags } = opened;
    scripted.events.cut();
    for (let at = 0; at < 400; at++) {
      const [number, name] = [3 + (at % 40), `demo/z:${at}`];
      scripted.put(imageRow(number, [name]));
      scripted.announceImage('TAG', idOf(number), name);
    }
    await pass(2_000);
    expect(words(opened)).toContain('RESYNCED');
    const listed = [...scripted.images.values()].map((row) => row.tags);
    expect(new Set(Object.values(await tags()).flat())).toEqual(new Set(listed.flat()));
  });

  it('lets whoever asks meanwhile wait for the list', async () => {
    const { scripted, tags } = await openHeard();
    scripted.reads.hold('listImages');
    scripted.events.cut();
    await pass();
    scripted.put(imageRow(1, ['demo/unheard:1']));
    scripted.events.forget();
    const answer = tags();
    await pass(1_000);
    expect(await isSettled(answer)).toBe(false);
    scripted.reads.letGo();
    expect(await answer).toMatchObject({ 1: ['demo/unheard:1'] });
  });

  it('is always so on Podman, which replays its whole journal when asked', async () => {
    const { scripted } = await openLive((scripted) => {
      two(scripted);
      scripted.facts = { ...CONTAINERD, kind: 'PODMAN', store: 'CONTAINERS_STORAGE' };
    });
    rename(scripted, 'demo/y:2');
    await pass(50);
    scripted.events.cut();
    await pass(200);
    expect(scripted.reads.asked('watchEvents')).toEqual(['null', 'null']);
    expect(scripted.reads.count('listImages')).toBe(3);
  });
});

describe('while it is not known whether events were missed', () => {
  it('there is no version, so that no answer is given again', async () => {
    const { scripted, index } = await openHeard();
    scripted.events.forget();
    scripted.reads.hold('listImages');
    const before = index.version();
    scripted.events.cut();
    await pass();
    expect(index.version()).toBeNull();
    await pass(200);
    expect(scripted.events.isOpen).toBe(true);
    expect(index.version()).toBeNull();
    await pass(500);
    expect(scripted.reads.held.map(({ verb }) => verb)).toEqual(['listImages']);
    scripted.reads.letGo();
    await pass();
    expect(index.version()).toBe(before);
  });

  it('an answer is given after 2 s, and says that it may be old', async () => {
    const { scripted, index } = await openHeard();
    scripted.events.cut(true);
    await pass();
    const reading = read(index);
    const answer = reading.images();
    await pass(1_999);
    expect(await isSettled(answer)).toBe(false);
    await pass(1);
    expect((await answer).rows).toHaveLength(2);
    expect(reading.isStale()).toBe(true);
    scripted.events.mend();
    await pass(3_000);
    expect(index.version()).not.toBeNull();
  });
});

describe('an engine that refuses its events', () => {
  it.each([
    'ENGINE_FORBIDDEN',
    'NOT_FOUND',
    'ENGINE_ERROR',
    'ENGINE_TIMEOUT',
    'ENGINE_BAD_RESPONSE',
  ] as const)('is read for each operation: %s', async (code) => {
    const { scripted, index, tags, modes } = await openIndex((scripted) => {
      two(scripted);
      scripted.events.refuse(code);
    });
    await pass(100);
    expect(modes).toEqual(['OFF']);
    scripted.put(imageRow(2, ['demo/unheard:1']));
    expect(await tags()).toMatchObject({ 2: ['demo/unheard:1'] });
    expect(index.version()).toBeNull();
    expect(index.state()).toMatchObject({ mode: 'OFF', images: null, readsSaved: 0 });
  });

  it('is listed once for an operation that wants containers and their statuses', async () => {
    const image = imageRow(1);
    const { scripted, index } = await openIndex((scripted) => {
      scripted.put(image, containerRow(1, image));
      scripted.events.refuse('ENGINE_FORBIDDEN');
    });
    const reading = read(index);
    await reading.containers();
    expect([...(await reading.statusTexts()).values()]).toEqual(['Up 3 hours']);
    expect(scripted.reads.count('listContainers')).toBe(1);
  });

  it('lets those go who wait for its first list', async () => {
    const { scripted, tags } = await openIndex((scripted) => {
      two(scripted);
      scripted.reads.hold('watchEvents');
    });
    const answer = tags();
    expect(await isSettled(answer)).toBe(false);
    scripted.reads.heldOne('watchEvents').fail('ENGINE_FORBIDDEN');
    expect(await answer).toEqual({ 1: ['demo/x:1'], 2: ['demo/y:1'] });
  });

  it('is asked again, and followed once it gives them', async () => {
    const { scripted, modes, tags } = await openIndex((scripted) => {
      two(scripted);
      scripted.events.refuse('ENGINE_FORBIDDEN');
    });
    await pass(100);
    scripted.events.refuse(null);
    await pass(16_000);
    expect(modes).toEqual(['OFF', 'SYNCING', 'LIVE']);
    expect(await tags()).toEqual({ 1: ['demo/x:1'], 2: ['demo/y:1'] });
  });

  it('F36 for a while only is followed again, although it has a continuation to tell', async () => {
    const { scripted, index, modes } = await openHeard();
    scripted.events.refuse('ENGINE_FORBIDDEN');
    scripted.events.cut();
    await pass(1_000);
    expect(modes).toEqual(['LIVE', 'OFF']);
    scripted.events.refuse(null);
    await pass(16_000);
    expect(modes).toEqual(['LIVE', 'OFF', 'SYNCING', 'LIVE']);
    expect(index.version()).not.toBeNull();
  });

  it('is not taken for followed by a list that was under way', async () => {
    const { scripted, index, modes, tags } = await openHeard({ timers: true });
    scripted.reads.hold('listImages');
    await pass(5 * 60_000 + 2_000);
    scripted.events.refuse('ENGINE_FORBIDDEN');
    scripted.events.cut();
    await pass(1_000);
    scripted.reads.letGo();
    await pass(100);
    expect(index.state().mode).toBe('OFF');
    scripted.put(imageRow(2, ['demo/unheard:1']));
    expect(await tags()).toMatchObject({ 2: ['demo/unheard:1'] });
    await pass(6 * 60_000);
    expect(modes.at(-1)).toBe('OFF');
  });

  it('is not listed by timers of which nobody has anything', async () => {
    const { scripted } = await openIndex(
      (scripted) => {
        two(scripted);
        scripted.events.refuse('ENGINE_FORBIDDEN');
      },
      { timers: true },
    );
    await pass(20 * 60_000);
    expect(scripted.reads.count('listImages')).toBe(0);
  });
});

describe('another engine at the same address', () => {
  const another = { ...CONTAINERD, engineId: 'engine-2' };

  it('takes nothing over, and has another version', async () => {
    const { scripted, index, tags, told } = await openHeard();
    const before = index.version();
    scripted.images.clear();
    scripted.put(imageRow(7, ['demo/other:1']));
    scripted.facts = another;
    scripted.events.cut();
    await pass(200);
    expect(await tags()).toEqual({ 7: ['demo/other:1'] });
    expect(index.version()).not.toBe(before);
    expect(index.version()?.split('.')[0]).not.toBe(before?.split('.')[0]);
    expect(told.at(-1)?.action).toBe('RESYNCED');
  });

  it('is not shown what the one before answers late', async () => {
    const { scripted, index, tags } = await openHeard({ timers: true });
    scripted.reads.hold('listImages', 'listContainers');
    await pass(5 * 60_000 + 2_000);
    for (const late of scripted.reads.held) late.look();
    const late = [...scripted.reads.held];
    scripted.images.clear();
    scripted.put(imageRow(7, ['demo/other:1']));
    scripted.facts = another;
    scripted.events.cut();
    await pass(200);
    for (const read of late) read.release();
    await pass(10_000);
    expect(index.state().images).toBeNull();
    scripted.reads.letGo();
    await pass(2_000);
    expect(await tags()).toEqual({ 7: ['demo/other:1'] });
  });
});
