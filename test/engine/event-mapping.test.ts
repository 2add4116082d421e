import { describe, expect, it } from 'vitest';
import type { ImageAction } from '../../src/engine/engine-event.ts';
import { toEngineEvent } from '../../src/engine/event-mapping.ts';

const ID = `sha256:${'a'.repeat(64)}`;
const BARE = 'a'.repeat(64);
const TIMES = { time: 1_795_521_600, timeNano: 0 };

/** A line as engines print it: the nanoseconds stand last, with more digits than a number keeps. */
function line(
  event: Readonly<Record<string, unknown>>,
  nanoseconds = '1795521600123456789',
): string {
  return JSON.stringify({ ...event, ...TIMES }).replace(/0}$/, `${nanoseconds}}`);
}
const image = (Action: string, ID: string, Attributes: Readonly<Record<string, string>> = {}) =>
  toEngineEvent(line({ Type: 'image', Action, Actor: { ID, Attributes }, scope: 'local' }));
const container = (Action: string, ID: string, Attributes: Readonly<Record<string, string>> = {}) =>
  toEngineEvent(line({ Type: 'container', Action, Actor: { ID, Attributes }, scope: 'local' }));

describe('an image event', () => {
  it.each<[string, ImageAction]>([
    ['create', 'CREATE'],
    ['delete', 'DELETE'],
    ['import', 'IMPORT'],
    ['load', 'LOAD'],
    ['pull', 'PULL'],
    ['push', 'PUSH'],
    ['save', 'SAVE'],
    ['tag', 'TAG'],
    ['untag', 'UNTAG'],
    ['prune', 'PRUNE'],
    ['build', 'CREATE'],
    ['loadfromarchive', 'LOAD'],
    ['remove', 'DELETE'],
    ['mount', 'OTHER'],
    ['constructor', 'OTHER'],
  ])('%s is %s', (word, action) => {
    expect(image(word, ID)).toMatchObject({ type: 'IMAGE', action });
  });

  it('has the image ID and the name that Docker gives with it', () => {
    expect(image('tag', ID, { name: 'demo/x:1' })).toEqual({
      type: 'IMAGE',
      action: 'TAG',
      imageId: ID,
      reference: 'demo/x:1',
      time: 1_795_521_600_123_456_789n,
    });
  });

  it.each(['pull', 'push'])("has no image ID where Docker's %s names the reference", (word) => {
    expect(image(word, 'demo/x:1', { name: 'demo/x' })).toMatchObject({
      imageId: null,
      reference: 'demo/x:1',
    });
  });

  it.each(['delete', 'create', 'untag'])('%s has no name where that is the ID again', (word) => {
    expect(image(word, ID, { name: ID })).toMatchObject({ imageId: ID, reference: null });
  });

  it("has the algorithm of an ID that Podman prints without, and Podman's name", () => {
    expect(image('pull', BARE, { name: 'docker.io/demo/x:1' })).toMatchObject({
      imageId: ID,
      reference: 'docker.io/demo/x:1',
    });
  });

  it("takes the ID of Podman's build from its name, as it has no other", () => {
    expect(image('build', '', { name: BARE })).toMatchObject({
      action: 'CREATE',
      imageId: ID,
      reference: null,
    });
  });

  it('of a prune is about no image in particular', () => {
    expect(image('prune', '', { reclaimed: '12' })).toMatchObject({
      imageId: null,
      reference: null,
    });
  });
});

const CONTAINER = 'c'.repeat(64);

describe('a container event', () => {
  it('has the word of the engine, and the image as it was typed', () => {
    expect(container('create', CONTAINER, { image: 'demo/x:1', name: 'one' })).toEqual({
      type: 'CONTAINER',
      action: 'create',
      containerId: CONTAINER,
      imageReference: 'demo/x:1',
      time: 1_795_521_600_123_456_789n,
    });
    expect(container('die', CONTAINER)).toMatchObject({ imageReference: null });
  });

  it.each(['', 'c1', 'c'.repeat(65), `${'c'.repeat(63)}/`])('without an ID is none: %s', (id) => {
    expect(container('die', id)).toBeNull();
  });

  it('has a word and a reference of a bounded length', () => {
    const image = 'x'.repeat(601);
    const event = container(`health_status: ${'x'.repeat(1_000)}`, CONTAINER, { image });
    expect(event).toMatchObject({ imageReference: null });
    expect(event).toMatchObject({ action: `health_status: ${'x'.repeat(49)}` });
  });
});

describe('an image event', () => {
  it('does not name what is too long for a name', () => {
    const image = (id: string) =>
      toEngineEvent(line({ Type: 'image', Action: 'pull', Actor: { ID: id } }));
    expect(image('x'.repeat(600))).toMatchObject({ reference: 'x'.repeat(600) });
    expect(image('x'.repeat(601))).toMatchObject({ reference: null, imageId: null });
  });
});

describe('the time of an event', () => {
  const tagged = (text: string) => toEngineEvent(text)?.time;
  const event = { Type: 'image', Action: 'tag', Actor: { ID } };

  it.each(['9007199254740993', '1795521600123456789', '9223372036854775807'])(
    'is exact to the nanosecond: %s',
    (nanoseconds) => {
      expect(tagged(line(event, nanoseconds))).toBe(BigInt(nanoseconds));
    },
  );

  it.each([
    { 'org.example': '"timeNano":1' },
    { timeNano: '1' },
    { timeNano: '"timeNano":1,' },
    { '"timeNano":7': '"timeNano":7' },
  ])('is not that of a label that speaks of it: %j', (Attributes) => {
    expect(tagged(line({ ...event, Actor: { ID, Attributes } }))).toBe(1_795_521_600_123_456_789n);
  });

  it('is in seconds where an engine tells no nanoseconds, whatever labels say', () => {
    const Actor = { ID, Attributes: { timeNano: '5', x: '"timeNano":5}' } };
    const text = JSON.stringify({ ...event, Actor, time: 1_795_521_600 });
    expect(tagged(text)).toBe(1_795_521_600_000_000_000n);
  });

  it.each([undefined, -1, 1.5, 'x', null])('that is missing makes it none: %j', (time) => {
    expect(toEngineEvent(JSON.stringify({ ...event, time }))).toBeNull();
  });
});

describe('a line that is no event of an image or container', () => {
  it.each([
    '',
    'null',
    '[]',
    '"x"',
    '7',
    '{',
    '{}',
    '<html>',
    '\u001e{}',
    line({ Type: 'network', Action: 'create', Actor: { ID: 'n1' } }),
    line({ Type: 'image', Actor: { ID } }),
    line({ Type: 'image', Action: 7, Actor: { ID } }),
    line({ Type: 'container', Action: 'die', Actor: null }),
    line({ Type: ['image'], Action: 'tag', Actor: { ID } }),
  ])('is none: %j', (text) => expect(toEngineEvent(text)).toBeNull());

  it('may lack its actor: an image event is then about any image', () => {
    expect(toEngineEvent(line({ Type: 'image', Action: 'tag', Actor: 7 }))).toMatchObject({
      imageId: null,
      reference: null,
    });
  });
});
