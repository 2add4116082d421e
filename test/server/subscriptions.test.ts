import { type Client, createClient } from 'graphql-sse';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventsServer, startEventsServer } from '../support/events-server.ts';
import { memoryInUse } from '../support/heap.ts';
import { postOf } from '../support/post.ts';

const EVENTS = 'subscription { imageEvents { action reference image { size } } }';
const STREAM = 'Accept: text/event-stream\r\n';
const SHORT = 'subscription { imageEvents { reference } }';

let running: EventsServer;
let client: Client;
const sockets: net.Socket[] = [];
beforeEach(async () => {
  running = await startEventsServer();
  client = connect();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  client.dispose();
  await running.close();
});

function connect(): Client {
  return createClient({ url: running.url, retryAttempts: 0 });
}

const followers = (count: number) =>
  vi.waitFor(() => expect(running.events.followers).toBe(count), { interval: 2, timeout: 5_000 });

/** A client that has been heard by the server once this resolves. */
async function follow(query: string, variables: Record<string, unknown> = {}) {
  const before = running.events.followers;
  const answers = client.iterate<any>({ query, variables });
  const first = answers.next();
  await followers(before + 1);
  let isFirst = true;
  return {
    next: async () => {
      const result = isFirst ? await first : await answers.next();
      isFirst = false;
      return result;
    },
    close: async () => void (await answers.return?.()),
  };
}

/** A client that sends a subscription and reads only when told to. */
async function openSocket(
  query: string,
  options: { localAddress?: string; onread?: net.OnReadOpts } = {},
): Promise<net.Socket> {
  const before = running.events.followers;
  const { hostname, port } = new URL(running.url);
  const socket = net.connect({ port: Number(port), host: hostname, ...options });
  sockets.push(socket);
  socket.pause().on('error', () => {});
  socket.write(postOf(running.url, query, STREAM));
  await followers(before + 1);
  return socket;
}

/** What a socket gives until its text holds a word. */
async function readUntil(socket: net.Socket, word: string): Promise<string> {
  let text = '';
  const listener = (chunk: Buffer) => void (text += chunk.toString());
  socket.on('data', listener).resume();
  await vi.waitFor(() => expect(text).toContain(word), { interval: 5, timeout: 5_000 });
  socket.off('data', listener);
  return text;
}

describe('a subscription over HTTP', () => {
  it('tells each event once it happens, with the image', async () => {
    const answers = await follow(EVENTS);
    for (const reference of ['a', 'b', 'c']) {
      running.append(reference);
      expect((await answers.next()).value).toEqual({
        data: { imageEvents: { action: 'TAG', reference, image: { size: 4_711 } } },
      });
    }
  });

  it('is an event stream that no proxy keeps, compresses or buffers', async () => {
    const controller = new AbortController();
    const response = await fetch(running.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'accept-encoding': 'gzip, br',
      },
      body: JSON.stringify({ query: SHORT }),
      signal: controller.signal,
    });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'content-encoding': 'none',
      'x-accel-buffering': 'no',
    });
    controller.abort();
    await followers(0);
  });

  it('is refused by GET', async () => {
    const url = `${running.url}?query=${encodeURIComponent(SHORT)}`;
    const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(405);
  });

  it('with a bad value in its variables says so without a repetition', async () => {
    const query = 'subscription ($v: ImageEventFilter) { imageEvents(filter: $v) { action } }';
    for (const accept of ['text/event-stream', 'application/json']) {
      const response = await fetch(running.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query, variables: { v: { actions: ['HUNTER2'] } } }),
      });
      const text = await response.text();
      expect(text).toContain('"code":"BAD_USER_INPUT"');
      expect(text).not.toContain('HUNTER2');
    }
  });

  it('ends at once where its client closes it', async () => {
    const answers = await follow(SHORT);
    running.append('a');
    await answers.next();
    const since = performance.now();
    await answers.close();
    await followers(0);
    expect(performance.now() - since).toBeLessThan(500);
  });

  it('ends at once where its connection is cut', async () => {
    const socket = await openSocket(SHORT);
    socket.destroy();
    await followers(0);
  });

  it('leaves nothing behind that was sent together with others over one connection', async () => {
    const { hostname, port } = new URL(running.url);
    const one = postOf(running.url, SHORT, STREAM);
    // A probe is answered at once, and stands before them all the same.
    const probe = `GET /healthz HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
    // Whoever sends two at once is cut off.
    for (const [bytes, isCut] of [
      [one.repeat(10), true],
      [probe + one, false],
      [probe.repeat(3) + one.repeat(2), true],
    ] as const) {
      const socket = net.connect(Number(port), hostname);
      socket.on('error', () => {}).resume();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(bytes);
      if (!isCut) {
        await followers(1);
        socket.destroy();
      }
      await closed;
      // Once a later question is answered, none of those before it has yet to begin.
      const later = { query: '{ __typename }' };
      const headers = { 'content-type': 'application/json' };
      await (
        await fetch(running.url, { method: 'POST', headers, body: JSON.stringify(later) })
      ).text();
      await followers(0);
    }
  });

  it('goes on after the last cursor', async () => {
    const query =
      'subscription ($after: String) { imageEvents(afterCursor: $after) { cursor reference } }';
    const first = await follow(query);
    running.append('a');
    const { cursor } = (await first.next()).value.data.imageEvents;
    await first.close();
    await followers(0);
    for (const reference of ['b', 'c']) running.append(reference);
    const second = await follow(query, { after: cursor });
    running.append('d');
    for (const reference of ['b', 'c', 'd']) {
      expect((await second.next()).value.data.imageEvents.reference).toBe(reference);
    }
  });

  it('S1 that is the eleventh of its client is refused with 429, and those of others are not', async () => {
    const all = [];
    for (let at = 0; at < 10; at++) all.push(await openSocket(SHORT));
    for (const accept of ['text/event-stream', 'application/json']) {
      const response = await fetch(running.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: SHORT }),
      });
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '10']);
      expect(await response.text()).toContain('SUBSCRIPTION_LIMIT');
    }
    await openSocket(SHORT, { localAddress: '127.0.0.2' });
    all[0]?.destroy();
    await followers(10);
    const answers = await follow(SHORT);
    running.append('a');
    expect((await answers.next()).value.data.imageEvents.reference).toBe('a');
  });

  it('S2 that is the 101st is refused with 503 and taken once another has ended', async () => {
    const all = [];
    // All of 127.0.0.0/8 is this machine on Linux.
    for (let at = 0; at < 100; at++) {
      all.push(await openSocket(SHORT, { localAddress: `127.0.0.${2 + Math.floor(at / 10)}` }));
    }
    await expect(client.iterate({ query: SHORT }).next()).rejects.toMatchObject({
      response: { status: 503 },
    });
    const response = await fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: SHORT }),
    });
    expect(response.headers.get('retry-after')).toBe('10');
    expect(await response.text()).toContain('SUBSCRIPTION_LIMIT');
    all[0]?.destroy();
    await followers(99);
    const answers = await follow(SHORT);
    running.append('a');
    expect((await answers.next()).value.data.imageEvents.reference).toBe('a');
  });
});

describe('while nothing happens', () => {
  it('S6: pings keep the connection, also after its client had paused', async () => {
    const socket = await openSocket(SHORT);
    await readUntil(socket, ':\n\n');
    await readUntil(socket, ':\n\n');
    socket.pause();
    // Until events are lost, as the kernel takes no more for it: pings alone would not make the server wait.
    for (let at = 0; running.events.dropped === 0 && at < 5_000; at++) {
      running.append('x'.repeat(20_000));
      await sleep(1);
    }
    expect(running.events.dropped).toBeGreaterThan(0);
    running.append('a');
    await readUntil(socket, '"reference":"a"');
    await readUntil(socket, ':\n\n');
  });
});

describe('a client that does not read', () => {
  it('S4: costs the others no event and the gateway no memory', async () => {
    // Without the image, so that nothing but its not reading holds it up.
    const stuck = await openSocket('subscription { imageEvents { action reference } }');
    const answers = await follow(SHORT);
    const before = memoryInUse();
    const seen: number[] = [];
    const count = 50_000;
    const reading = (async () => {
      while (seen.length < count) {
        const { reference } = (await answers.next()).value.data.imageEvents;
        seen.push(Number.parseInt(reference, 10));
      }
    })();
    for (let at = 1; at <= count; at++) {
      // So long that all of them together do not go unnoticed; the log itself keeps 8 MB of them.
      running.append(String(at).padEnd(1_000, 'x'));
      // No engine tells more than this at once.
      while (at - seen.length >= 100) await sleep(1);
    }
    await reading;
    expect(seen).toEqual(Array.from({ length: count }, (_, at) => at + 1));
    expect(memoryInUse() - before).toBeLessThan(20_000_000);
    await readUntil(stuck, 'RESYNCED');
  }, 120_000);

  it('S5: is given up when nothing has moved for a while', async () => {
    await running.close();
    running = await startEventsServer({ idleMs: 1_000 });
    // Of the kernel itself: a Node stream would take 64 KB at once, and give them out one by one.
    let taken = 0;
    const callback = (count: number) => {
      taken += count;
      return false;
    };
    const stuck = await openSocket(SHORT, { onread: { buffer: Buffer.alloc(1), callback } });
    const slow = setInterval(() => stuck.resume(), 50);
    const reader = await openSocket(SHORT);
    reader.resume();
    const deadline = Date.now() + 30_000;
    while (running.events.followers > 1 && Date.now() < deadline) {
      running.append('x'.repeat(20_000));
      await sleep(1);
    }
    // The one that reads is kept by pings alone.
    await sleep(1_500);
    clearInterval(slow);
    expect(running.events.followers).toBe(1);
    expect(taken).toBeGreaterThan(10);
  }, 60_000);
});

describe('closing', () => {
  it('completes subscriptions, so that nobody waits for them', async () => {
    const answers = await follow(SHORT);
    const silent = await openSocket(SHORT);
    const next = answers.next();
    const since = performance.now();
    running.events.close();
    const closed = running.server.close();
    expect(await next).toMatchObject({ done: true });
    expect(await readUntil(silent, 'complete')).toContain('event: complete');
    await closed;
    expect(performance.now() - since).toBeLessThan(1_000);
  });
});
