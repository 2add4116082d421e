import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createConnection } from '../../src/engine/connection.ts';
import { EngineError } from '../../src/engine/engine-error.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineFacts } from '../../src/engine/engine-facts.ts';
import { connectTo } from '../support/gateway.ts';
import { type HttpEngine, sendJson, startHttpEngine } from '../support/http-engine.ts';
import { recorded } from '../support/replay-engine.ts';

interface Release {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly info?: object;
  /** What a ping says of it. */
  readonly headers?: Readonly<Record<string, string>>;
}

const OLD: Release = { Version: '27.0.0', ApiVersion: '1.46' };
const NEW: Release = { Version: '28.5.2', ApiVersion: '1.51' };
const CONTAINERD = { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] };
/** A check is made every 5 seconds. */
const TWO_CHECKS = { timeout: 12_000, interval: 100 };

let open: { close(): unknown }[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const thing of open) await thing.close();
  open = [];
});

const answers =
  (now: () => Release): RequestListener =>
  (request, response) => {
    const { Version, ApiVersion, info = {}, headers = {} } = now();
    const path = (request.url ?? '').replace(/^\/v1\.\d+/, '');
    if (path === '/_ping') return void response.writeHead(200, headers).end('OK');
    if (path === '/version') return sendJson(response, { Version, ApiVersion });
    return sendJson(response, path === '/info' ? info : []);
  };

async function connectedTo(http: { dial: HttpEngine['dial'] }): Promise<Engine> {
  const engine = connectTo('e', () => http.dial());
  open.unshift(engine);
  await engine.facts();
  return engine;
}

async function start(now: () => Release): Promise<HttpEngine> {
  const http = await startHttpEngine(answers(now));
  open.push(http);
  return http;
}

describe('an engine in whose place another release answers is greeted again by itself', () => {
  it('after a restart between two calls, which ends the connections that were kept', async () => {
    const place = { dial: (await start(() => OLD)).dial };
    const engine = await connectedTo(place);
    expect(await engine.facts()).toMatchObject({ version: '27.0.0', api: 46 });
    const old = open.pop();
    place.dial = (await start(() => NEW)).dial;
    await old?.close();
    await expect
      .poll(() => engine.facts(), TWO_CHECKS)
      .toMatchObject({ version: '28.5.2', api: 51 });
    expect(engine.status()).toBe('READY');
  });

  it('after a restart of the same release with the other image store', async () => {
    const place = { dial: (await start(() => NEW)).dial };
    const engine = await connectedTo(place);
    expect(await engine.facts()).toMatchObject({ store: 'GRAPH_DRIVER' });
    const old = open.pop();
    place.dial = (await start(() => ({ ...NEW, info: CONTAINERD }))).dial;
    await old?.close();
    await expect.poll(() => engine.facts(), TWO_CHECKS).toMatchObject({ store: 'CONTAINERD' });
  });

  it('after a call found a kept connection dead and was made once more, unseen', async () => {
    let now = OLD;
    let isDead = false;
    const listener = answers(() => now);
    const http = await startHttpEngine((request, response) => {
      if (!isDead) return listener(request, response);
      [isDead, now] = [false, NEW];
      request.socket.destroy();
    });
    open.push(http);
    const engine = await connectedTo(http);
    isDead = true;
    expect(await engine.listImages(AbortSignal.timeout(5_000))).toEqual([]);
    expect(http.calls.filter((call) => call.includes('/images/json'))).toHaveLength(2);
    await expect.poll(() => engine.facts(), TWO_CHECKS).toMatchObject({ version: '28.5.2' });
  });

  it('behind a proxy that holds the connections open, by what its pings say', async () => {
    const pingOf = (folder: string) =>
      (recorded(folder, 'ping') as { headers: Record<string, string> }).headers;
    const said = ({ server = '', 'api-version': api = '' }: Record<string, string>) => ({
      server,
      'api-version': api,
    });
    let now: Release = { ...OLD, headers: said(pingOf('docker-20-1.41')) };
    let pings = 0;
    const listener = answers(() => now);
    const http = await startHttpEngine((request, response) => {
      if (request.url === '/_ping') pings++;
      listener(request, response);
    });
    open.push(http);
    const engine = await connectedTo(http);
    await expect.poll(() => pings, TWO_CHECKS).toBe(1);
    now = { ...NEW, headers: said(pingOf('docker-28-graph-1.51')) };
    await expect.poll(() => engine.facts(), TWO_CHECKS).toMatchObject({ version: '28.5.2' });
    expect(http.calls.filter((call) => call === 'GET /version')).toHaveLength(2);
  });
});

describe('a connection', () => {
  const facts = (version: string) => ({ version }) as EngineFacts;
  const isLate = () => Promise.reject(new EngineError('ENGINE_TIMEOUT', 'e', 'late'));

  it('greets an engine once while it is the same, and gives what it knows while it greets', async () => {
    vi.useFakeTimers();
    let same = true;
    let greetings = 0;
    let finish = (): void => {};
    const greet = async () => {
      if (++greetings > 1) await new Promise<void>((resolve) => (finish = resolve));
      return facts(`${greetings}`);
    };
    const told: string[] = [];
    const connection = createConnection(
      'e',
      { greet, isSame: async () => same },
      (status) => told.push(status),
      () => {},
    );
    open.push(connection);
    expect(await connection.ready()).toEqual(facts('1'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(greetings).toBe(1);

    same = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect([greetings, connection.status()]).toEqual([2, 'READY']);
    expect(await connection.ready()).toEqual(facts('1'));
    same = true;
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(await connection.ready()).toEqual(facts('2'));
    expect(told).toEqual(['READY', 'READY']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(greetings).toBe(2);
  });

  it.each<[string, () => Promise<boolean>, number]>([
    ['was restarted between two pings', async () => false, 1],
    ['has missed a ping', isLate, 1],
    ['is the same: of none', async () => true, 0],
  ])(
    'tells of an agreement with an engine that %s, though its news is the same',
    async (_, sign, returns) => {
      vi.useFakeTimers();
      let isSame: () => Promise<boolean> = async () => true;
      const greet = vi.fn<() => Promise<EngineFacts>>(async () => facts('1'));
      const onChange = vi.fn<() => void>();
      const onReturn = vi.fn<() => void>();
      const connection = createConnection(
        'e',
        { greet, isSame: () => isSame() },
        onChange,
        onReturn,
      );
      open.push(connection);
      await connection.ready();
      expect(onReturn).not.toHaveBeenCalled();
      isSame = sign;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(onReturn).toHaveBeenCalledTimes(returns);
      expect(onChange).toHaveBeenCalledTimes(1);
    },
  );

  it('tells of no return when a call fails and the engine greets at once', async () => {
    vi.useFakeTimers();
    const onReturn = vi.fn<() => void>();
    const greet = vi.fn<() => Promise<EngineFacts>>(async () => facts('1'));
    const connection = createConnection(
      'e',
      { greet, isSame: async () => true },
      () => {},
      onReturn,
    );
    open.push(connection);
    await connection.ready();
    connection.failed(new EngineError('ENGINE_TIMEOUT', 'e', 'late'));
    await connection.ready();
    expect([greet.mock.calls.length, onReturn.mock.calls.length]).toEqual([2, 0]);
  });
});
