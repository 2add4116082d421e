import { describe, expect, it, vi } from 'vitest';
import { createGateway } from '../../../src/gateway.ts';
import type { IndexReading } from '../../../src/image-index/image-index.ts';
import type { ScriptedEngine } from '../../support/scripted-engine.ts';
import { containerRow, imageRow } from '../../support/scripted-rows.ts';
import { idOf } from '../../support/stand-in-engine.ts';
import {
  isSettled,
  openIndex,
  openLive,
  pass,
  read,
  tagsOf,
  useFakedClocks,
} from './open-index.ts';

vi.mock('node:timers/promises', () => import('../../support/faked-timers-promises.ts'));
useFakedClocks();

const [A, B] = [idOf(1), idOf(2)];
const one = imageRow(1, ['demo/x:1']);
const fill = (scripted: ScriptedEngine): void => {
  scripted.put(one, imageRow(2, ['demo/y:1']), containerRow(1, one));
  scripted.sharedSizes.set(A, 5);
};
/** Renames the second image, and tells of it. */
function rename({ put, announceImage }: ScriptedEngine, name: string): void {
  put(imageRow(2, [name]));
  announceImage('TAG', B, name);
}

describe('a reading', () => {
  it('costs no call while nothing has happened', async () => {
    const { scripted, index } = await openLive(fill);
    const before = scripted.reads.count('readImage');
    await read(index).images();
    await read(index).containers();
    expect(scripted.reads.count('listImages')).toBe(1);
    expect(scripted.reads.count('listContainers')).toBe(1);
    expect(scripted.reads.count('readImage')).toBe(before);
    expect(index.state()).toMatchObject({ readsSaved: 2, images: 2, containers: 1, fullReads: 1 });
  });

  it('waits for what was announced before it came, and not for what came after', async () => {
    const { scripted, index } = await openLive(fill);
    scripted.reads.hold('readImage');
    const before = read(index);
    rename(scripted, 'demo/y:2');
    const after = read(index);
    expect(tagsOf(await before.images())).toMatchObject({ 2: ['demo/y:1'] });
    const answer = after.images();
    expect(await isSettled(answer)).toBe(false);
    scripted.reads.letGo();
    expect(tagsOf(await answer)).toMatchObject({ 2: ['demo/y:2'] });
    expect(after.isStale()).toBe(false);
  });

  it('gives images and containers of one moment, whatever happens between the two', async () => {
    const { scripted, index } = await openLive(fill);
    const reading = read(index);
    const { rows } = await reading.images();
    scripted.images.delete(A);
    scripted.containers.clear();
    scripted.announceContainer('destroy', containerRow(1, one));
    scripted.announceImage('DELETE', A);
    await pass(50);
    expect(rows).toHaveLength(2);
    expect((await reading.containers()).map(({ imageId }) => imageId)).toEqual([A]);
    expect((await reading.images()).rows).toBe(rows);
    expect(await read(index).containers()).toEqual([]);
  });

  it('gives the same view again while no image has changed', async () => {
    const { scripted, index } = await openLive(fill);
    const view = await read(index).images();
    scripted.put(containerRow(1, one, { state: 'EXITED' }));
    scripted.announceContainer('die', containerRow(1, one));
    const reading = read(index);
    expect((await reading.containers())[0]?.state).toBe('EXITED');
    expect(await reading.images()).toBe(view);
  });

  it('ends with its signal, and leaves nothing behind', async () => {
    const { index } = await openIndex((scripted) => {
      fill(scripted);
      scripted.reads.hold('listImages');
    });
    const controller = new AbortController();
    const timers = vi.getTimerCount();
    const answer = read(index, controller.signal).images();
    expect(await isSettled(answer)).toBe(false);
    controller.abort(new Error('left'));
    await expect(answer).rejects.toThrow('left');
    expect(vi.getTimerCount()).toBe(timers);
  });

  it('is ENGINE_TIMEOUT when its time is up before there is a list', async () => {
    const { index } = await openIndex((scripted) => scripted.reads.hold('listImages'));
    const controller = new AbortController();
    const answer = read(index, controller.signal).images();
    await pass();
    controller.abort(new DOMException('time', 'TimeoutError'));
    await expect(answer).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  });

  it.each<[string, (reading: IndexReading) => Promise<unknown>]>([
    ['images', (reading) => reading.images()],
    ['details', (reading) => reading.details.detail({ row: one, manifest: null })],
  ])('of %s waits for a greeting without end no longer than its time', async (_, ask) => {
    const { scripted, index } = await openLive(fill);
    Object.assign(scripted.engine, { ready: () => new Promise(() => {}) });
    scripted.status = 'CONNECTING';
    const [late, left] = [new AbortController(), new AbortController()];
    const answers = [late, left].map(({ signal }) => ask(read(index, signal)));
    late.abort(new DOMException('time', 'TimeoutError'));
    left.abort(new Error('left'));
    await expect(answers[0]).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
    await expect(answers[1]).rejects.toThrow('left');
  });
});

describe('a change', () => {
  it('is shown within 20 ms although another is still being read', async () => {
    const { scripted, index } = await openLive(fill);
    scripted.reads.hold('readImage');
    const { generation } = index.state();
    rename(scripted, 'demo/y:2');
    scripted.announceImage('TAG', A, 'demo/x:1');
    await pass(19);
    scripted.reads.heldOne('readImage', B).release();
    await pass(20);
    expect(index.state().generation).toBe(generation + 1);
    expect(index.version()).toBeNull();
    scripted.reads.letGo();
    await pass();
    expect(index.version()).not.toBeNull();
  });

  it('makes another version; an event without one does not', async () => {
    const { scripted, index } = await openLive(fill);
    const before = index.version();
    scripted.announceImage('TAG', A, 'demo/x:1');
    await pass(50);
    expect(index.version()).toBe(before);
    rename(scripted, 'demo/y:2');
    expect(index.version()).toBeNull();
    await pass(50);
    expect(index.version()).not.toBe(before);
  });
});

describe('what cannot be read within 2 s', () => {
  const query = '{ images(first: 5) { nodes { repoTags { reference } } } }';

  it('is told by the gateway in extensions.stale', async () => {
    const { scripted, index } = await openLive(fill);
    const gateway = createGateway({
      indexes: new Map([['e', index]]),
      onHiddenError: (error) => expect.unreachable(String(error)),
    });
    const ask = async () => {
      const response = await gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return response.json();
    };
    const untilAsked = () => vi.waitFor(() => expect(index.state().readsSaved).toBe(1), 10_000);
    scripted.reads.hold('readImage');
    rename(scripted, 'demo/y:2');
    const answer = ask();
    await untilAsked();
    const { extensions, data, errors } = await answer;
    expect(errors).toBeUndefined();
    expect(extensions).toEqual({ stale: ['e'] });
    expect(JSON.stringify(data)).toContain('demo/y:1');
    scripted.reads.letGo();
    await pass();
    const next = await ask();
    expect(next).not.toHaveProperty('extensions');
    expect(JSON.stringify(next)).toContain('demo/y:2');
  });
});

describe('shared sizes', () => {
  const sizes = async (index: Parameters<typeof read>[0]) =>
    (await read(index).sharedSizes()).get(A);

  it('are read when asked for, once as long as no image changes', async () => {
    const { scripted, index } = await openLive(fill);
    expect(scripted.reads.count('sharedSizes')).toBe(0);
    expect([await sizes(index), await sizes(index)]).toEqual([5, 5]);
    scripted.put(containerRow(1, one, { state: 'EXITED' }));
    scripted.announceContainer('die', containerRow(1, one));
    await pass(50);
    expect(await sizes(index)).toBe(5);
    expect(scripted.reads.count('sharedSizes')).toBe(1);
    rename(scripted, 'demo/y:2');
    scripted.sharedSizes.set(A, 6);
    expect(await sizes(index)).toBe(6);
    expect(scripted.reads.count('sharedSizes')).toBe(2);
  });

  it('are one call for all who ask at once', async () => {
    const { scripted, index } = await openLive(fill);
    await Promise.all([sizes(index), sizes(index), sizes(index)]);
    expect(scripted.reads.count('sharedSizes')).toBe(1);
  });

  it('that were counted before a change are not kept for what came after it', async () => {
    const { scripted, index } = await openLive(fill);
    scripted.reads.hold('sharedSizes');
    const early = sizes(index);
    await pass();
    scripted.reads.heldOne('sharedSizes').look();
    rename(scripted, 'demo/y:2');
    scripted.sharedSizes.set(A, 6);
    await pass(50);
    const late = sizes(index);
    await pass();
    scripted.reads.letGo();
    expect(await early).toBe(5);
    expect(await late).toBe(6);
    expect(await sizes(index)).toBe(6);
  });

  it('that fail fail for who asked, and are asked for again', async () => {
    const { scripted, index } = await openLive(fill);
    scripted.reads.failNext('sharedSizes', 1);
    await expect(sizes(index)).rejects.toMatchObject({ code: 'ENGINE_ERROR' });
    expect(await sizes(index)).toBe(5);
  });
});

describe('the words on containers', () => {
  it('are one call for all of them, for each operation that wants them', async () => {
    const { scripted, index } = await openLive(fill);
    scripted.put(containerRow(1, one, { statusText: 'Up 4 hours' }));
    const [first, second] = await Promise.all([
      read(index).statusTexts(),
      read(index).statusTexts(),
    ]);
    expect([...first.values()]).toEqual(['Up 4 hours']);
    expect([...second.values()]).toEqual(['Up 4 hours']);
    expect(scripted.reads.count('listContainers')).toBe(2);
  });
});

describe('an engine that is unavailable', () => {
  it('is so at once, and its images are there again when it is', async () => {
    const { scripted, index, tags } = await openLive(fill);
    scripted.status = 'UNAVAILABLE';
    scripted.events.cut();
    await expect(read(index).images()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(index.version()).toBeNull();
    await pass(60_000);
    await expect(read(index).images()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    scripted.put(imageRow(2, ['demo/meanwhile:1']));
    scripted.status = 'READY';
    await pass(3_000);
    expect(await tags()).toMatchObject({ 2: ['demo/meanwhile:1'] });
    expect(index.version()).not.toBeNull();
  });

  it('from the start is so for those who wait, and is followed when it comes', async () => {
    const { scripted, index, tags } = await openIndex((scripted) => {
      fill(scripted);
      scripted.reads.hold('listImages');
    });
    const answer = read(index).images();
    answer.catch(() => {});
    await pass();
    scripted.reads.heldOne('listImages').fail('ENGINE_UNAVAILABLE');
    await expect(answer).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    scripted.reads.letGo();
    await pass(1_500);
    expect(Object.keys(await tags())).toEqual(['1', '2']);
  });
});

describe('an index of more images than it may hold', () => {
  it('is off for good, and each operation reads the engine', async () => {
    const { scripted, index, modes } = await openIndex((scripted) => {
      for (let number = 1; number <= 50_001; number++) scripted.put(imageRow(number));
    });
    await pass(100);
    expect(modes).toEqual(['OFF']);
    expect(scripted.events.isOpen).toBe(false);
    expect((await read(index).images()).rows).toHaveLength(50_001);
    await pass(60_000);
    expect(index.state()).toMatchObject({ mode: 'OFF', images: null });
    expect(scripted.reads.count('watchEvents')).toBe(1);
  });
});

describe('closing', () => {
  it.each<[string, (scripted: ScriptedEngine) => void]>([
    ['while nothing happens', () => {}],
    ['while an image is read', (scripted) => scripted.reads.hold('readImage')],
    ['while an image cannot be read', (scripted) => scripted.reads.failNext('readImage', 9)],
    ['while containers cannot be read', (scripted) => scripted.reads.failNext('readContainers', 9)],
    ['while the stream is cut', (scripted) => scripted.events.cut(true)],
    ['while a stream is undecided', (scripted) => scripted.events.forget()],
  ])('%s ends every read, stream and timer', async (_, prepare) => {
    const { scripted, index } = await openLive(fill, { timers: true });
    rename(scripted, 'demo/heard:1');
    await pass(50);
    prepare(scripted);
    if (scripted.events.isOpen) rename(scripted, 'demo/y:2');
    scripted.announceContainer('die', containerRow(1, one));
    await pass();
    index.close();
    await pass();
    expect(vi.getTimerCount()).toBe(0);
    expect(scripted.reads.held).toEqual([]);
    expect(scripted.events.isOpen).toBe(false);
    expect(scripted.isClosed).toBe(true);
    const sent = scripted.reads.count('readImage') + scripted.reads.count('listImages');
    await pass(10 * 60_000);
    expect(scripted.reads.count('readImage') + scripted.reads.count('listImages')).toBe(sent);
  });
});
