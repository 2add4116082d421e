import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedEngine } from '../../src/embedded/embedded-engine.ts';
import { createEventLog } from '../../src/embedded/event-log.ts';
import { toEventQuery } from '../../src/embedded/event-query.ts';
import { sendEvents } from '../../src/embedded/event-stream.ts';
import type { EmbeddedEndpoint } from '../../src/embedded/source.ts';
import type { EngineEvent, ImageEngineEvent } from '../../src/engine/engine-event.ts';
import { blobOf, idOf, writeArchive, writeLayoutFolder } from './layout-on-disk.ts';
import { type LineStream, type OpenEmbedded, openEmbedded, stream } from './open-embedded.ts';

const signal = () => AbortSignal.timeout(10_000);
/** Generous, because machines of tests are busy; nothing takes so long. */
const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000 });
const ONE = { 'demo/one:1': 'one' };
const TWO = { ...ONE, 'demo/two:1': 'two' };
let root: string;
let folder: string;
const closers: (() => void)[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'imagegraph-events-'));
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'layout-'));
  await writeLayoutFolder(folder, ONE);
});
afterEach(() => closers.splice(0).forEach((close) => close()));
afterAll(() => rm(root, { recursive: true }));

function open(endpoint: EmbeddedEndpoint = { kind: 'layout', directory: folder }): OpenEmbedded {
  const embedded = openEmbedded(endpoint);
  closers.push(embedded.close);
  return embedded;
}

interface Follower {
  readonly events: EngineEvent[];
  readonly words: () => string[];
  stop(): void;
}

/** Follows an engine through the gateway's own client, once its state is known. */
async function follow({ engine }: OpenEmbedded, since: bigint | null = null): Promise<Follower> {
  const events: EngineEvent[] = [];
  const controller = new AbortController();
  const opened = new Promise<void>((onOpen, reject) => {
    const onEvent = (event: EngineEvent) => void events.push(event);
    engine.watchEvents({ since, onOpen, onEvent }, controller.signal).catch(reject);
  });
  await opened;
  await engine.listImages(signal());
  const stop = () => controller.abort();
  closers.push(stop);
  return { events, words: () => events.map((event) => toWords(event as ImageEngineEvent)), stop };
}

function toWords({ action, imageId, reference }: ImageEngineEvent): string {
  return [action, reference ?? imageId?.slice(0, 15)].join(' ');
}

async function listen(embedded: OpenEmbedded, query = ''): Promise<LineStream> {
  const listener = await embedded.stream(`/v1.51/events${query}`);
  closers.push(listener.close);
  return listener;
}

const filtersOf = (filters: object) => `filters=${encodeURIComponent(JSON.stringify(filters))}`;
const short = async (name: string) => (await idOf(folder, name)).slice(0, 15);
const actionsOf = ({ lines }: LineStream) => lines.map((line) => JSON.parse(line).Action);
const timesOf = ({ lines }: LineStream) =>
  lines.map((line) => /"timeNano":(\d+)}$/.exec(line)?.[1]);
const toUnixTime = (nanos: string | undefined) => `${nanos?.slice(0, -9)}.${nanos?.slice(-9)}`;

describe('changes of a layout', () => {
  it('an image that comes, and goes', async () => {
    const watch = await follow(open());
    await writeLayoutFolder(folder, TWO);
    const id = await short('demo/two:1');
    await eventually(watch.words).toEqual([`CREATE ${id}`, 'TAG demo/two:1']);
    await writeLayoutFolder(folder, ONE);
    await eventually(() => watch.words().slice(2)).toEqual(['UNTAG demo/two:1', `DELETE ${id}`]);
  });

  it('are in the list that is asked for when the event comes', async () => {
    const embedded = open();
    const seen: Promise<boolean>[] = [];
    const controller = new AbortController();
    closers.push(() => controller.abort());
    const has = async (reference: string) =>
      (await embedded.engine.listImages(signal())).some(({ tags }) => tags.includes(reference));
    await embedded.engine.listImages(signal());
    const opened = new Promise<void>((onOpen) => {
      const onEvent = (event: EngineEvent) => {
        if (event.type === 'IMAGE' && event.action === 'TAG') seen.push(has(event.reference ?? ''));
      };
      embedded.engine
        .watchEvents({ since: null, onOpen, onEvent }, controller.signal)
        .catch(() => {});
    });
    await opened;
    await writeLayoutFolder(folder, TWO);
    await eventually(() => Promise.all(seen)).toEqual([true]);
  });

  it('a name that moves, and one that vanishes', async () => {
    await writeLayoutFolder(folder, { ...TWO, 'demo/two:latest': 'two' });
    const watch = await follow(open());
    await writeLayoutFolder(folder, { ...TWO, 'demo/one:2': 'one', 'demo/two:latest': 'one' });
    await eventually(watch.words).toEqual(['TAG demo/one:2', 'TAG demo/two:latest']);
    await writeLayoutFolder(folder, { ...TWO, 'demo/two:latest': 'one' });
    await eventually(() => watch.words().slice(2)).toEqual(['UNTAG demo/one:2']);
  });

  it('content that goes and comes back under the same ID', async () => {
    const watch = await follow(open());
    const manifest = blobOf(folder, await idOf(folder, 'demo/one:1'));
    await rename(manifest, join(root, 'away'));
    await eventually(watch.words).toEqual(['PULL demo/one:1']);
    await rename(join(root, 'away'), manifest);
    await eventually(watch.words).toEqual(['PULL demo/one:1', 'PULL demo/one:1']);
  });

  it('content that was incomplete when it was first read', async () => {
    const watch = await follow(open());
    const elsewhere = `${folder}-elsewhere`;
    await writeLayoutFolder(elsewhere, TWO);
    const id = await idOf(elsewhere, 'demo/two:1');
    const whole = await readFile(blobOf(elsewhere, id));
    const manifest = blobOf(folder, id);
    await writeFile(manifest, whole.subarray(0, 100));
    await writeLayoutFolder(folder, TWO);
    await eventually(() => watch.words().at(-1)).toBe('TAG demo/two:1');
    // Neither the table of contents nor the folder changes by this.
    await writeFile(manifest, whole);
    await eventually(watch.words).toContain('PULL demo/two:1');
  });

  it('nothing while it is unreadable, then what has changed since it was not', async () => {
    const embedded = open();
    const watch = await follow(embedded);
    await writeFile(join(folder, 'index.json'), '{"manifests":[');
    await expect(embedded.engine.listImages(signal())).rejects.toThrow(/503/);
    await writeLayoutFolder(folder, TWO);
    const id = await short('demo/two:1');
    await eventually(watch.words).toEqual([`CREATE ${id}`, 'TAG demo/two:1']);
  });

  it('nothing while it is gone, and what has changed when another is in its place', async () => {
    const watch = await follow(open());
    await rename(folder, `${folder}-away`);
    await writeLayoutFolder(folder, TWO);
    const id = await short('demo/two:1');
    await eventually(watch.words).toEqual([`CREATE ${id}`, 'TAG demo/two:1']);
    await writeLayoutFolder(folder, ONE);
    await eventually(() => watch.words().at(-1)).toBe(`DELETE ${id}`);
  });

  it('where the file system tells nothing: files elsewhere that links lead to', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await rename(join(folder, 'index.json'), join(folder, 'elsewhere', 'index.json'));
    await symlink(join('elsewhere', 'index.json'), join(folder, 'index.json'));
    const watch = await follow(open());
    await writeFile(join(folder, 'elsewhere', 'index.json'), '{"manifests":[]}');
    await eventually(() => watch.words().length).toBe(2);
    expect(watch.words()[0]).toBe('UNTAG demo/one:1');
  });
});

describe('changes of an archive', () => {
  it('what another in its place has', async () => {
    const file = join(folder, 'images.tar');
    await writeArchive(file, TWO);
    const watch = await follow(open({ kind: 'archive', file }));
    await writeArchive(file, { 'demo/one:2': 'one', 'demo/two:1': 'another' });
    await eventually(watch.words).toEqual([
      'TAG demo/one:2',
      expect.stringMatching(/^CREATE/),
      'TAG demo/two:1',
      'UNTAG demo/one:1',
      expect.stringMatching(/^DELETE/),
    ]);
  });
});

describe('GET /events', () => {
  it('writes what Docker writes at 1.51', async () => {
    const embedded = open();
    const listener = await listen(embedded);
    expect(listener).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
    });
    await embedded.call('/v1.51/images/json');
    await writeLayoutFolder(folder, { ...ONE, 'demo/one:2': 'one' });
    await eventually(() => listener.lines).toHaveLength(1);
    const id = await idOf(folder, 'demo/one:2');
    const nano = timesOf(listener)[0] ?? '';
    expect(listener.lines[0]).toBe(
      `{"status":"tag","id":"${id}","Type":"image","Action":"tag","Actor":{"ID":"${id}",` +
        `"Attributes":{"name":"demo/one:2"}},"scope":"local","time":${nano.slice(0, -9)},"timeNano":${nano}}`,
    );
  });

  it('sends past events again, from a time on or until one', async () => {
    const embedded = open();
    const live = await listen(embedded);
    await embedded.call('/v1.51/images/json');
    await writeLayoutFolder(folder, TWO);
    await eventually(() => actionsOf(live)).toEqual(['create', 'tag']);
    const [first, second] = timesOf(live);
    const until = await listen(embedded, `?since=0&until=${toUnixTime(first)}`);
    await until.ended;
    expect(until.lines).toEqual(live.lines.slice(0, 1));
    const since = await listen(embedded, `?since=${toUnixTime(second)}`);
    const onlyNew = await listen(embedded);
    await writeLayoutFolder(folder, ONE);
    await eventually(() => actionsOf(since)).toEqual(['tag', 'untag', 'delete']);
    await eventually(() => actionsOf(onlyNew)).toEqual(['untag', 'delete']);
    expect(live.lines.slice(1)).toEqual(since.lines);
  });

  it('tells what happened while nobody listened to the one who asks since before', async () => {
    const embedded = open();
    const before = await follow(embedded);
    await writeLayoutFolder(folder, TWO);
    await eventually(before.words).toHaveLength(2);
    before.stop();
    await writeLayoutFolder(folder, ONE);
    const after = await follow(embedded, before.events[1]?.time ?? null);
    await eventually(after.words).toEqual([
      'TAG demo/two:1',
      'UNTAG demo/two:1',
      expect.stringMatching(/^DELETE/),
    ]);
  });

  it('ends when until has come', async () => {
    const soon = (Date.now() + 200) / 1_000;
    const listener = await listen(open(), `?until=${soon}`);
    await listener.ended;
    expect(Date.now() / 1_000).toBeGreaterThanOrEqual(soon - 0.01);
  });

  it.each<[object, readonly string[]]>([
    [{ type: ['image'], event: ['tag', 'delete'] }, ['tag']],
    [{ type: { image: true, container: true }, event: { create: true } }, ['create']],
    [{ type: ['container'] }, []],
    [{ event: [], colour: ['red'] }, ['create', 'tag']],
  ])('filters by %j', async (filters, expected) => {
    const embedded = open();
    const all = await listen(embedded);
    await embedded.call('/v1.51/images/json');
    const some = await listen(embedded, `?${filtersOf(filters)}`);
    await writeLayoutFolder(folder, TWO);
    await eventually(() => all.lines).toHaveLength(2);
    const until = toUnixTime(timesOf(all)[1]);
    const replayed = await listen(embedded, `?until=${until}&${filtersOf(filters)}`);
    await replayed.ended;
    expect(actionsOf(replayed)).toEqual(expected);
    await eventually(() => actionsOf(some)).toEqual(expected);
  });

  it.each([
    'since=yesterday',
    'since=1.',
    'until=1e9',
    'until=2026-01-01T00:00:00Z',
    'since=2&until=1.999999999',
    'filters=%7B',
    'filters=[]',
    'filters={"type":"image"}',
    'filters={"type":[1]}',
  ])('refuses %s', async (query) => {
    const { status, body } = await open().call(`/v1.51/events?${query}`);
    expect({ status, message: body.message }).toEqual({
      status: 400,
      message: expect.stringMatching(/invalid|cannot be after/),
    });
  });

  it('answers HEAD', async () => {
    expect((await open().call('/v1.51/events', 'HEAD')).status).toBe(200);
  });
});

describe('listeners', () => {
  it('all get each event, until they go', async () => {
    const embedded = open();
    const [first, second] = [await follow(embedded), await follow(embedded)];
    await writeLayoutFolder(folder, TWO);
    await eventually(first.words).toHaveLength(2);
    await eventually(second.words).toEqual(first.words());
    first.stop();
    await writeLayoutFolder(folder, ONE);
    await eventually(second.words).toHaveLength(4);
    expect(first.words()).toHaveLength(2);
  });

  it('share one watch, which ends with the last of them', () => {
    const told: string[] = [];
    const log = createEventLog(() => {
      told.push('start');
      return () => void told.push('stop');
    });
    const [first, second] = [log.listen(() => {}), log.listen(() => {})];
    first();
    first();
    expect(told).toEqual(['start']);
    second();
    log.listen(() => {})();
    expect(told).toEqual(['start', 'stop', 'start', 'stop']);
  });

  it('that go are known to be gone, over a connection in memory, too', async () => {
    const { server, connect } = createEmbeddedEngine({
      endpoint: { kind: 'layout', directory: folder },
      version: '0',
      report: () => {},
    });
    const closed = new Promise<void>((resolve) => {
      server.on('request', (_, response) => response.on('close', resolve));
    });
    const createConnection = () => connect() as never;
    const listener = await stream({ path: '/v1.51/events', createConnection });
    listener.close();
    await closed;
  });

  it('are dropped when they do not read', async () => {
    const log = createEventLog(() => () => {});
    const server = createServer((_, response) =>
      sendEvents(log, toEventQuery(new URLSearchParams()), response),
    );
    const socketPath = join(folder, 'slow.sock');
    await once(server.listen(socketPath), 'listening');
    closers.push(() => server.close());
    const gone = new Promise<void>((resolve) => {
      server.on('request', (_, response) => response.on('close', resolve));
    });
    const reader = await stream({ socketPath, path: '/' });
    const sleeper = request({ socketPath, path: '/' }).end();
    closers.push(reader.close, () => sleeper.destroy());
    sleeper.on('error', () => {});
    await once(sleeper, 'response');
    const change = { action: 'tag', actor: 'A', name: 'n'.repeat(1_000) } as const;
    const many = Array.from({ length: 2_000 }, () => change);
    let batches = 0;
    const isGone = gone.then(() => true);
    while (!(await Promise.race([isGone, new Promise((resolve) => setImmediate(resolve))]))) {
      log.record(many);
      batches++;
      await eventually(() => reader.lines.length).toBe(batches * many.length);
    }
    expect(batches).toBeLessThan(5);
    log.record([change]);
    await eventually(() => reader.lines.length).toBe(batches * many.length + 1);
  });

  it('get the last 256 events again, in order, each with a time of its own', () => {
    const log = createEventLog(() => () => {});
    const names = Array.from({ length: 300 }, (_, index) => `demo/app:${index}`);
    log.record(names.map((name) => ({ action: 'tag', actor: 'A', name })));
    const events = log.replay(toEventQuery(new URLSearchParams('since=0')));
    expect(events.map(({ line }) => JSON.parse(line).Actor.Attributes.name)).toEqual(
      names.slice(-256),
    );
    expect(new Set(events.map(({ time }) => time)).size).toBe(256);
    expect(log.replay(toEventQuery(new URLSearchParams()))).toEqual([]);
  });
});

describe('the embedded engine by itself', () => {
  it.each<[string, (folder: string) => readonly string[], string]>([
    ['of no place', () => [], 'Usage: '],
    ['of nothing', (folder) => [join(folder, 'none'), join(folder, 's')], 'is neither a folder'],
    ['in no folder', (folder) => ['sample', join(folder, 'none', 's')], 'Cannot listen: '],
  ])('%s does not start, and says why', (_, args, problem) => {
    const main = fileURLToPath(new URL('../../src/embedded/main.ts', import.meta.url));
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', main, ...args(folder)],
      { encoding: 'utf8' },
    );
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('    at ');
  });

  it('tells changes over its socket, and ends although someone listens', async () => {
    const main = fileURLToPath(new URL('../../src/embedded/main.ts', import.meta.url));
    const socketPath = join(folder, 'engine.sock');
    const child = spawn(process.execPath, ['--import', 'tsx', main, folder, socketPath]);
    closers.push(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const listener = await stream({ socketPath, path: '/v1.51/events' });
    const list = await stream({ socketPath, path: '/v1.51/images/json' });
    await list.ended;
    await writeLayoutFolder(folder, TWO);
    await eventually(() => actionsOf(listener)).toEqual(['create', 'tag']);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await listener.ended;
  });
});
