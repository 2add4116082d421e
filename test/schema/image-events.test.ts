import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import {
  createImageEventLog,
  type ImageEventLog,
  type ImageEventRecord,
} from '../../src/image-index/image-event-log.ts';
import { readEvents } from '../support/event-stream.ts';
import { connectTo, createIndex, createTestGateway, type TestGateway } from '../support/gateway.ts';
import { idOf, type StandIn, startStandInEngine } from '../support/stand-in-engine.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

/** A gateway over stand-in engines, and the log that their indexes would append to. */
async function followed(
  engines: Record<string, StandIn | (() => StandIn) | null>,
  mode: 'LIVE' | 'OFF' = 'LIVE',
): Promise<{ gateway: TestGateway; events: ImageEventLog }> {
  const connected = [];
  for (const [name, content] of Object.entries(engines)) {
    const http = await startStandInEngine(content ?? { images: [] });
    if (content === null) await http.close();
    else open.push(http);
    connected.push(connectTo(name, http.dial));
  }
  await Promise.all(connected.map((engine) => engine.facts()));
  const events = createImageEventLog();
  const gateway = createTestGateway(connected, { events, mode });
  open.unshift(gateway, events);
  return { gateway, events };
}

const MINUTE = 60n * 1_000_000_000n;
/** 2026-11-24T12:00:00Z. */
const NOON = 1_795_521_600n * 1_000_000_000n;
const record = (rest: Partial<ImageEventRecord> = {}): ImageEventRecord => ({
  engine: 'e',
  action: 'TAG',
  time: NOON,
  reference: null,
  imageId: null,
  ...rest,
});

/** A subscription that is being followed once this resolves. */
async function subscribed(
  gateway: TestGateway,
  events: ImageEventLog,
  query: string,
  variables = {},
) {
  const before = events.followers;
  const answers = gateway.subscribe(query, variables);
  const first = answers.next();
  await vi.waitFor(() => expect(events.followers).toBe(before + 1), { interval: 1 });
  let isFirst = true;
  return {
    async next() {
      const result = isFirst ? await first : await answers.next();
      isFirst = false;
      return result.value;
    },
    close: async () => void (await answers.return(undefined)),
  };
}
const ACTIONS =
  'subscription ($f: ImageEventFilter) { imageEvents(filter: $f) { action reference } }';

const image = (number: number, tags: readonly string[]) => ({
  Id: idOf(number),
  RepoTags: tags,
  Created: number,
  Size: number,
});

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

describe('what fails in an event', () => {
  it('is coded and masked, in this event only', async () => {
    let images: unknown = 'broken';
    const { gateway, events } = await followed({ e: () => ({ images }) as StandIn });
    const answers = await subscribed(
      gateway,
      events,
      'subscription { imageEvents { action image { size } } }',
    );
    events.append(record({ imageId: idOf(1) }));
    expect(await answers.next()).toMatchObject({
      data: { imageEvents: { action: 'TAG', image: null } },
      errors: [
        {
          message: 'The engine gave an answer that cannot be read.',
          path: ['imageEvents', 'image'],
          extensions: { code: 'ENGINE_BAD_RESPONSE', engine: 'e' },
        },
      ],
    });
    expect(gateway.hidden).toHaveLength(1);
    images = [image(1, [])];
    events.append(record({ imageId: idOf(1) }));
    expect(await answers.next()).toEqual({
      data: { imageEvents: { action: 'TAG', image: { size: 1 } } },
    });
  });

  it('beside the data is told with the event that it belongs to', async () => {
    const { gateway, events } = await followed({ e: { images: [image(1, ['a:1'])] }, dead: null });
    const answers = await subscribed(
      gateway,
      events,
      'subscription { imageEvents { image { size repoTags { repository { name } } } } }',
    );
    events.append(record({ imageId: idOf(1) }));
    events.append(record({ engine: 'dead', imageId: idOf(1) }));
    events.append(record({ imageId: idOf(1) }));
    expect((await answers.next()).errors).toBeUndefined();
    expect((await answers.next()).errors).toMatchObject([
      { extensions: { code: 'ENGINE_UNAVAILABLE', engine: 'dead' } },
    ]);
    expect((await answers.next()).errors).toBeUndefined();
  });

  it('as a bug is masked, ends the subscription, and leaves no follower', async () => {
    const http = await startStandInEngine({ images: [] });
    open.push(http);
    const engine = connectTo('e', http.dial);
    open.unshift(engine);
    const events = createImageEventLog();
    const hidden: unknown[] = [];
    const index = createIndex(engine);
    const gateway = createGateway({
      indexes: new Map([
        [
          'e',
          {
            ...index,
            read: (signal) => ({
              ...index.read(signal),
              images: () => Promise.reject(new Error('secret /path')),
            }),
          },
        ],
      ]),
      events,
      onHiddenError: (error) => void hidden.push(error),
    });
    const response = await gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: ACTIONS, variables: { f: { reference: ['a'] } } }),
    });
    events.append(record({ imageId: idOf(1) }));
    const answers = [];
    for await (const answer of readEvents(response)) answers.push(answer);
    expect(JSON.stringify(answers)).not.toContain('secret');
    expect(answers).toMatchObject([
      { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    ]);
    expect(hidden).toMatchObject([{ message: 'secret /path' }]);
    expect(events.followers).toBe(0);
  });
});

describe('the time of a subscription', () => {
  afterEach(() => void vi.useRealTimers());

  it('is not bounded, that of the reads of one event is', async () => {
    const http = await startStandInEngine({ images: [] });
    open.push(http);
    const engine = connectTo('e', http.dial);
    open.unshift(engine);
    await engine.facts();
    const events = createImageEventLog();
    open.unshift(events);
    const index = createIndex(engine);
    const signals: AbortSignal[] = [];
    const gateway = createGateway({
      indexes: new Map([
        ['e', { ...index, read: (signal) => (signals.push(signal), index.read(signal)) }],
      ]),
      events,
      onHiddenError: () => {},
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const response = await gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { imageEvents { action } }' }),
    });
    const answers = readEvents(response);
    const tell = async () => {
      events.append(record());
      expect((await answers.next()).value.data.imageEvents.action).toBe('TAG');
      return signals.at(-1) as AbortSignal;
    };
    const first = await tell();
    vi.advanceTimersByTime(15_000);
    const second = await tell();
    vi.advanceTimersByTime(15_000);
    expect([first.aborted, second.aborted]).toEqual([false, false]);
    vi.advanceTimersByTime(6_000);
    expect([first.aborted, second.aborted]).toEqual([false, true]);
    expect(second.reason.name).toBe('TimeoutError');
    await tell();
  });
});

describe('recentImageEvents', () => {
  const PAGE = `query ($first: Int, $after: String, $since: DateTime, $f: ImageEventFilter) {
    recentImageEvents(first: $first, after: $after, since: $since, filter: $f) {
      edges { cursor node { cursor reference } } nodes { action }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const references = ({ data }: { data: any }) =>
    data.recentImageEvents.edges.map(({ node }: any) => node.reference);

  it('pages through what is remembered, newest first, while more happens', async () => {
    const { gateway, events } = await followed({ e: { images: [] } });
    for (const reference of ['a', 'b', 'c', 'd', 'e']) events.append(record({ reference }));
    const first = await gateway.ask(PAGE, { first: 2 });
    expect(references(first)).toEqual(['e', 'd']);
    const { edges, pageInfo, nodes } = first.data.recentImageEvents;
    expect(nodes).toHaveLength(2);
    expect(edges.map((edge: any) => edge.node.cursor)).toEqual(edges.map((e: any) => e.cursor));
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: edges[1].cursor,
    });
    events.append(record({ reference: 'f' }));
    const second = await gateway.ask(PAGE, { first: 3, after: pageInfo.endCursor });
    expect(references(second)).toEqual(['c', 'b', 'a']);
    expect(second.data.recentImageEvents.pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
    });
    const last = second.data.recentImageEvents.pageInfo.endCursor;
    expect(references(await gateway.ask(PAGE, { after: last }))).toEqual([]);
  });

  it('filters as the subscription does, and by time', async () => {
    const { gateway, events } = await followed({ e: { images: [image(1, ['demo/app:1'])] } });
    const times = [-2n, -1n, 0n].map((minutes) => NOON + minutes * MINUTE);
    for (const time of times) {
      events.append(record({ time, reference: `demo/n${(time - NOON) / MINUTE}` }));
    }
    events.append(record({ time: NOON + 1_000_001n, action: 'UNTAG', imageId: idOf(1) }));
    events.append(record({ time: NOON, action: 'RESYNCED' }));
    const told = async (variables: object) => {
      const { data } = await gateway.ask(PAGE, variables);
      return data.recentImageEvents.nodes.map(({ action }: any) => action);
    };
    expect(await told({})).toEqual(['RESYNCED', 'UNTAG', 'TAG', 'TAG', 'TAG']);
    expect(await told({ since: '2026-11-24T11:59:00Z' })).toHaveLength(4);
    expect(await told({ since: '2026-11-24T12:00:00.001Z' })).toEqual(['UNTAG']);
    expect(await told({ f: { reference: ['demo/app'] } })).toEqual(['RESYNCED', 'UNTAG']);
    expect(await told({ f: { actions: [] } })).toEqual(['RESYNCED']);
  });

  it('goes on where another run of the gateway stopped with nothing', async () => {
    const other = createImageEventLog();
    other.append(record());
    const { gateway, events } = await followed({ e: { images: [] } });
    events.append(record());
    const after = other.cursorOf(other.recent()[0] as never);
    expect(references(await gateway.ask(PAGE, { after }))).toEqual([]);
  });

  it.each([
    [{ first: 0 }, 'PAGE_SIZE_OUT_OF_RANGE'],
    [{ first: 1_001 }, 'PAGE_SIZE_OUT_OF_RANGE'],
    [{ after: 'x' }, 'BAD_USER_INPUT'],
    [{ since: 'yesterday' }, 'BAD_USER_INPUT'],
  ])('refuses %j', async (variables, code) => {
    const { gateway } = await followed({ e: { images: [] } });
    const { errors } = await gateway.ask(PAGE, variables);
    expect(errors?.[0]?.extensions['code']).toBe(code);
  });
});

it('a client that leaves is forgotten, whatever its event is doing', async () => {
  const { events } = await followed({});
  const http = await startStandInEngine({ images: [] });
  open.push(http);
  const engine = connectTo('e', http.dial);
  open.unshift(engine);
  const hidden: unknown[] = [];
  const index = createIndex(engine);
  const gateway = createGateway({
    indexes: new Map([
      ['e', { ...index, read: (s) => ({ ...index.read(s), images: () => new Promise(() => {}) }) }],
    ]),
    events,
    onHiddenError: (error) => void hidden.push(error),
  });
  const controller = new AbortController();
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { imageEvents { image { size } } }' }),
    signal: controller.signal,
  });
  const reading = readEvents(response)
    .next()
    .catch(() => {});
  events.append(record({ imageId: idOf(1) }));
  await sleep(20);
  controller.abort();
  expect(events.followers).toBe(0);
  await reading;
  expect(hidden).toEqual([]);
});
