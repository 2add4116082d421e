import { afterEach, describe, expect, it } from 'vitest';
import {
  createImageEventLog,
  type ImageEventRecord,
} from '../../src/image-index/image-event-log.ts';
import {
  ACTIONS,
  closeAll,
  followed,
  image,
  NOON,
  record,
  subscribed,
} from '../support/followed.ts';
import { idOf } from '../support/stand-in-engine.ts';

afterEach(closeAll);

describe('imageEvents', () => {
  it('tells every part of an event, with the image as it is now', async () => {
    let tags = ['demo/app:1'];
    const { gateway, events } = await followed({ e: () => ({ images: [image(1, tags)] }) });
    const answers = await subscribed(
      gateway,
      events,
      `subscription { imageEvents {
         cursor action time reference imageId engine { name }
         image { imageId repoTags { reference } } } }`,
    );
    tags = ['demo/app:1', 'demo/app:2'];
    events.append(record({ time: NOON + 123_456_789n, reference: 'demo/app:2', imageId: idOf(1) }));
    const [logged] = events.recent();
    expect(await answers.next()).toEqual({
      data: {
        imageEvents: {
          cursor: events.cursorOf(logged as never),
          action: 'TAG',
          time: '2026-11-24T12:00:00.123Z',
          reference: 'demo/app:2',
          imageId: idOf(1),
          engine: { name: 'e' },
          image: {
            imageId: idOf(1),
            repoTags: [{ reference: 'demo/app:1' }, { reference: 'demo/app:2' }],
          },
        },
      },
    });
  });

  it('reads images anew for each event, by name where there is no ID; null once they are gone', async () => {
    let images = [image(1, ['demo/app:1'])];
    const { gateway, events } = await followed({ e: () => ({ images }) });
    const answers = await subscribed(
      gateway,
      events,
      'subscription { imageEvents { image { size } } }',
    );
    const told = async (rest: Partial<ImageEventRecord>) => {
      events.append(record(rest));
      return (await answers.next()).data.imageEvents.image;
    };
    expect(await told({ action: 'PULL', reference: 'demo/app:1' })).toEqual({ size: 1 });
    images = [image(2, ['demo/app:1'])];
    expect(await told({ action: 'PULL', reference: 'demo/app:1' })).toEqual({ size: 2 });
    expect(await told({ action: 'DELETE', imageId: idOf(1) })).toBeNull();
    expect(await told({ action: 'PRUNE' })).toBeNull();
    expect(await told({ reference: 'not a reference' })).toBeNull();
  });

  it.each<[string, object, readonly string[]]>([
    ['no filter', {}, ['TAG', 'PULL', 'UNTAG', 'UNTAG', 'RESYNCED', 'DELETE']],
    ['actions', { actions: ['PULL', 'DELETE'] }, ['PULL', 'RESYNCED', 'DELETE']],
    ['no action', { actions: [] }, ['RESYNCED']],
    ['no pattern', { reference: [] }, ['RESYNCED']],
    ['a pattern', { reference: ['demo/*:1'] }, ['TAG', 'UNTAG', 'RESYNCED']],
    ['a canonical name', { reference: ['docker.io/demo/other'] }, ['PULL', 'RESYNCED']],
    ['both', { actions: ['PULL'], reference: ['demo/app'] }, ['RESYNCED']],
  ])('lets through by %s: %j', async (_, filter, expected) => {
    const { gateway, events } = await followed({
      e: { images: [image(1, ['demo/app:1']), image(2, [])] },
    });
    const answers = await subscribed(gateway, events, ACTIONS, { f: filter });
    events.append(record({ reference: 'demo/app:1', imageId: idOf(1) }));
    events.append(record({ action: 'PULL', reference: 'docker.io/demo/other:2' }));
    // Without a reference the names of the image decide: it has one, and has none.
    events.append(record({ action: 'UNTAG', imageId: idOf(1) }));
    events.append(record({ action: 'UNTAG', imageId: idOf(2) }));
    events.append(record({ action: 'RESYNCED' }));
    events.append(record({ action: 'DELETE', imageId: idOf(3) }));
    const told: string[] = [];
    while (told.length < expected.length) {
      const { data, errors } = await answers.next();
      expect(errors).toBeUndefined();
      told.push(data.imageEvents.action);
    }
    expect(told).toEqual(expected);
  });

  it('lets an event through by name while its engine cannot be asked which', async () => {
    const { gateway, events } = await followed({ e: null });
    const answers = await subscribed(gateway, events, ACTIONS, { f: { reference: ['demo/app'] } });
    events.append(record({ action: 'UNTAG', imageId: idOf(1) }));
    expect((await answers.next()).data.imageEvents.action).toBe('UNTAG');
  });

  it('follows the engines that are named', async () => {
    const { gateway, events } = await followed({ a: { images: [] }, b: { images: [] } });
    const answers = await subscribed(
      gateway,
      events,
      'subscription { imageEvents(engines: ["b"]) { engine { name } } }',
    );
    events.append(record({ engine: 'a' }));
    events.append(record({ engine: 'b' }));
    expect((await answers.next()).data.imageEvents.engine.name).toBe('b');
  });

  it('goes on after a cursor', async () => {
    const { gateway, events } = await followed({ e: { images: [] } });
    for (const reference of ['a', 'b', 'c']) events.append(record({ reference }));
    const [first] = events.recent();
    const query =
      'subscription ($after: String) { imageEvents(afterCursor: $after) { action reference } }';
    const after = events.cursorOf(first as never);
    const answers = await subscribed(gateway, events, query, { after });
    expect((await answers.next()).data.imageEvents).toEqual({ action: 'TAG', reference: 'b' });
    expect((await answers.next()).data.imageEvents).toEqual({ action: 'TAG', reference: 'c' });
    const other = createImageEventLog();
    other.append(record());
    const stale = other.cursorOf(other.recent()[0] as never);
    const restarted = await subscribed(gateway, events, query, { after: stale });
    expect((await restarted.next()).data.imageEvents.action).toBe('RESYNCED');
    expect((await restarted.next()).data.imageEvents.reference).toBe('a');
  });

  it.each([
    ['an engine that is not configured', '(engines: ["x"])', 'ENGINE_UNKNOWN'],
    ['a cursor that is none', '(afterCursor: "x")', 'BAD_USER_INPUT'],
    ['a malformed pattern', '(filter: { reference: ["[a"] })', 'BAD_USER_INPUT'],
    ['an unknown action', '(filter: { actions: [BUILD] })', 'BAD_USER_INPUT'],
  ])('refuses %s', async (_, args, code) => {
    const { gateway, events } = await followed({ e: { images: [] } });
    const query = `subscription { imageEvents${args} { action } }`;
    const { value } = await gateway.subscribe(query).next();
    expect(value?.errors).toMatchObject([{ extensions: { code } }]);
    expect(events.followers).toBe(0);
  });

  it('is unsupported where no engine that is asked is followed', async () => {
    const { gateway } = await followed({ e: { images: [] } }, 'OFF');
    const { value } = await gateway.subscribe('subscription { imageEvents { action } }').next();
    expect(value?.errors?.[0]).toMatchObject({ extensions: { code: 'UNSUPPORTED_BY_ENGINE' } });
    const { errors } = await gateway.ask('{ recentImageEvents { nodes { action } } }');
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'UNSUPPORTED_BY_ENGINE' } });
  });

  it('takes 100 subscriptions and refuses one more with 503', async () => {
    const { gateway, events } = await followed({ e: { images: [] } });
    const all = [];
    for (let at = 0; at < 100; at++) all.push(await subscribed(gateway, events, ACTIONS));
    const { status, errors } = await gateway.ask(ACTIONS);
    expect(status).toBe(503);
    expect(errors?.[0]?.extensions['code']).toBe('SUBSCRIPTION_LIMIT');
    events.append(record());
    await all[0]?.next();
    await all[0]?.close();
    await subscribed(gateway, events, ACTIONS);
    expect(events.followers).toBe(100);
  });

  it('tells who does not accept an event stream so, and follows nothing', async () => {
    const { gateway, events } = await followed({ e: { images: [] } });
    const { status, errors } = await gateway.ask(ACTIONS);
    expect(status).toBe(406);
    expect(errors?.[0]?.extensions['code']).toBe('NOT_ACCEPTABLE');
    expect(events.followers).toBe(0);
  });
});
