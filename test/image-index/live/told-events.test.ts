import { describe, expect, it, vi } from 'vitest';
import {
  createImageEventLog,
  type ImageEventLog,
  type LoggedEvent,
} from '../../../src/image-index/image-event-log.ts';
import type { ScriptedEngine } from '../../support/scripted-engine.ts';
import { imageRow } from '../../support/scripted-rows.ts';
import { idOf } from '../../support/stand-in-engine.ts';
import { type OpenIndex, openIndex, openLive, pass, useFakedClocks } from './open-index.ts';

vi.mock('node:timers/promises', () => import('../../support/faked-timers-promises.ts'));
useFakedClocks();

const A = idOf(1);
const one = (scripted: ScriptedEngine): void => scripted.put(imageRow(1, ['demo/x:1']));
const words = ({ told }: Pick<OpenIndex, 'told'>): string[] =>
  told.map(({ action, reference }) => reference ?? action);
function tag({ put, announceImage }: ScriptedEngine, number: number): void {
  put(imageRow(1, [`demo/x:${number}`]));
  announceImage('TAG', A, `demo/x:${number}`);
}

/** Takes everything that it is told, one event after the other. */
function readAll(log: ImageEventLog): LoggedEvent[] {
  const seen: LoggedEvent[] = [];
  const follower = log.follow({
    after: null,
    engines: new Set(['e']),
    matches: () => true,
    signal: new AbortController().signal,
  });
  void (async () => {
    for await (const event of follower) seen.push(event);
  })();
  return seen;
}

describe('an image event', () => {
  it('is told once the index shows what became of its image', async () => {
    const shown: string[] = [];
    const opened = await openLive(one, {
      async onTold({ action }) {
        if (action === 'TAG') shown.push(JSON.stringify(await opened.tags()));
      },
    });
    const { scripted } = opened;
    scripted.reads.hold('readImage');
    tag(scripted, 2);
    await pass(1_000);
    expect(words(opened)).toEqual(['RESYNCED']);
    scripted.reads.letGo();
    await pass();
    expect(words(opened)).toEqual(['RESYNCED', 'demo/x:2']);
    expect(shown.at(-1)).toBe('{"1":["demo/x:2"]}');
  });

  it('is told as the engine dated it, with the name of the engine', async () => {
    const { scripted, told } = await openLive(one);
    const { time } = scripted.events.announce({
      type: 'IMAGE',
      action: 'SAVE',
      imageId: A,
      reference: 'demo/x:1',
    });
    expect(told.at(-1)).toEqual({
      engine: 'e',
      action: 'SAVE',
      time,
      reference: 'demo/x:1',
      imageId: A,
    });
  });

  it('is told after those before it, though its own image was read sooner', async () => {
    const opened = await openLive((scripted) => {
      one(scripted);
      scripted.put(imageRow(2, ['demo/y:1']));
    });
    const { scripted } = opened;
    scripted.reads.hold('readImage');
    tag(scripted, 2);
    scripted.announceImage('TAG', idOf(2), 'demo/y:1');
    await pass();
    scripted.reads.heldOne('readImage', idOf(2)).release();
    await pass(100);
    expect(words(opened)).toEqual(['RESYNCED']);
    scripted.reads.letGo();
    await pass();
    expect(words(opened)).toEqual(['RESYNCED', 'demo/x:2', 'demo/y:1']);
  });

  it('of a container is none', async () => {
    const opened = await openLive(one);
    opened.scripted.events.announce({
      type: 'CONTAINER',
      action: 'die',
      containerId: 'c',
      imageReference: null,
    });
    await pass(50);
    expect(words(opened)).toEqual(['RESYNCED']);
  });

  it('is not told before there is a first list', async () => {
    const opened = await openIndex((scripted) => {
      one(scripted);
      scripted.reads.hold('listImages');
    });
    tag(opened.scripted, 2);
    await pass(1_000);
    expect(words(opened)).toEqual([]);
    opened.scripted.reads.letGo();
    await pass(50);
    expect(words(opened)).toEqual(['RESYNCED', 'demo/x:2']);
  });
});

describe('a burst of 1,000 events', () => {
  it('is told whole and in order to a follower that reads', async () => {
    const log = createImageEventLog();
    const seen = readAll(log);
    const { scripted } = await openLive(one, { onTold: (event) => log.append(event) });
    for (let number = 1; number <= 1_000; number++) tag(scripted, number);
    await pass(1_000);
    expect(seen.map(({ reference, action }) => reference ?? action)).toEqual([
      'RESYNCED',
      ...Array.from({ length: 1_000 }, (_, at) => `demo/x:${at + 1}`),
    ]);
  });

  it('costs a few reads of an image that all of them are about', async () => {
    const { scripted, tags } = await openLive(one);
    const before = scripted.reads.count('readImage');
    for (let number = 1; number <= 1_000; number++) tag(scripted, number);
    expect(await tags()).toEqual({ 1: ['demo/x:1000'] });
    expect(scripted.reads.count('readImage') - before).toBeLessThan(5);
  });
});

it('of more events than are kept while an engine does not answer, the newest are told after RESYNCED', async () => {
  const opened = await openLive(one);
  const { scripted } = opened;
  scripted.reads.hold('readImage');
  for (let number = 1; number <= 5_000; number++) tag(scripted, number);
  await pass();
  scripted.reads.letGo();
  await pass(1_000);
  const [first, gap, ...rest] = words(opened);
  expect([first, gap]).toEqual(['RESYNCED', 'RESYNCED']);
  const from = 5_000 - rest.length + 1;
  expect(from).toBeGreaterThan(1);
  expect(rest).toEqual(Array.from({ length: rest.length }, (_, at) => `demo/x:${from + at}`));
});

it('what waits when an index is closed is told to nobody', async () => {
  const opened = await openLive(one);
  for (let number = 1; number <= 1_000; number++) opened.scripted.announceImage('SAVE', A);
  const before = opened.told.length;
  opened.index.close();
  await pass(1_000);
  expect(opened.told.length).toBe(before);
});
