import type { RequestListener, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineEvent } from '../../src/engine/engine-event.ts';
import { connectTo } from '../support/gateway.ts';
import { type HttpEngine, sendJson, startHttpEngine } from '../support/http-engine.ts';

const ID = `sha256:${'a'.repeat(64)}`;
const VERSION = {
  ApiVersion: '1.51',
  MinAPIVersion: '1.24',
  Version: '28',
  Os: 'linux',
  Arch: 'x',
};
const tag = (reference: string, time = 1) =>
  `{"Type":"image","Action":"tag","Actor":{"ID":"${ID}","Attributes":{"name":"${reference}"}},"time":1,"timeNano":${time}}\n`;

let http: HttpEngine | null = null;
let engine: Engine | null = null;
afterEach(async () => {
  engine?.close();
  await http?.close();
  http = engine = null;
  vi.useRealTimers();
});

/** An engine that greets well and answers the question for events as told. */
async function engineThatTells(events: RequestListener): Promise<{
  readonly engine: Engine;
  readonly http: HttpEngine;
}> {
  http = await startHttpEngine((request, response) => {
    if (request.url === '/_ping') return void response.end('OK');
    if (request.url === '/version') return sendJson(response, VERSION);
    if (request.url === '/v1.51/info') return sendJson(response, { ID: 'x' });
    return events(request, response);
  });
  engine = connectTo('e', http.dial);
  await engine.facts();
  return { engine, http };
}

/** Follows an engine; what it says is in `names`, its end in `ended`. */
function follow(engine: Engine, since: bigint | null = null) {
  const names: (string | null)[] = [];
  const controller = new AbortController();
  const onEvent = (event: EngineEvent) =>
    void names.push(event.type === 'IMAGE' ? event.reference : event.action);
  let isOpen = false;
  const onOpen = () => void (isOpen = true);
  const ended = engine.watchEvents({ since, onOpen, onEvent }, controller.signal);
  ended.catch(() => {});
  return { names, ended, isOpen: () => isOpen, leave: () => controller.abort(new Error('left')) };
}

/** Answers with a stream that a test writes to. */
function stream(): { readonly listener: RequestListener; write(text: string): void; end(): void } {
  let open: ServerResponse | null = null;
  return {
    listener(_, response) {
      open = response;
      response.flushHeaders();
    },
    write: (text) => void open?.write(text),
    end: () => void open?.end(),
  };
}

describe('a stream of events', () => {
  it('is open before anything is told, and tells line by line as it comes', async () => {
    const { listener, write } = stream();
    const { engine } = await engineThatTells(listener);
    const { names, isOpen } = follow(engine);
    await vi.waitUntil(isOpen);
    expect(names).toEqual([]);
    write(tag('a:1').slice(0, 20));
    write(`${tag('a:1').slice(20)}${tag('b:1')}`);
    await vi.waitFor(() => expect(names).toEqual(['a:1', 'b:1']));
  });

  it('F29 leaves out what it cannot read, a line of 2 MB too, and goes on', async () => {
    const { listener, write } = stream();
    const { engine } = await engineThatTells(listener);
    const { names, isOpen } = follow(engine);
    await vi.waitUntil(isOpen);
    write('garbage\nnull\n{"Type":"network","Action":"create","time":1}\n');
    write(tag('x'.repeat(2 * 1024 * 1024)));
    write(`\r\n${tag('🐳')}`);
    await vi.waitFor(() => expect(names).toEqual(['🐳']));
  });

  it.each<[bigint | null, string | null]>([
    [null, null],
    [1_795_521_600_000_000_042n, '1795521600.000000042'],
    [7n, '0.000000007'],
  ])('is asked for images and containers only, since %s', async (since, told) => {
    const { listener } = stream();
    const { engine, http } = await engineThatTells(listener);
    await vi.waitUntil(follow(engine, since).isOpen);
    const url = new URL(http.calls.at(-1)?.slice('GET '.length) ?? '', 'http://engine');
    expect(url.pathname).toBe('/v1.51/events');
    expect(JSON.parse(url.searchParams.get('filters') ?? '')).toEqual({
      type: ['image', 'container'],
    });
    expect(url.searchParams.get('since')).toBe(told);
  });

  it('that the engine ends is ENGINE_UNAVAILABLE, although the engine answers', async () => {
    const { listener, write, end } = stream();
    const { engine } = await engineThatTells(listener);
    const { names, ended, isOpen } = follow(engine);
    await vi.waitUntil(isOpen);
    write(tag('a:1'));
    end();
    await expect(ended).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE', engine: 'e' });
    expect(names).toEqual(['a:1']);
    expect(engine.status()).toBe('READY');
  });

  it('that breaks is an error of the engine', async () => {
    const { engine } = await engineThatTells((request, response) => {
      response.write(tag('a:1'), () => request.socket.destroy());
    });
    const { ended } = follow(engine);
    await expect(ended).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_(UNAVAILABLE|BAD_RESPONSE)$/),
    });
    expect(engine.status()).toBe('READY');
  });

  it.each([
    [403, 'ENGINE_FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [500, 'ENGINE_ERROR'],
    [503, 'ENGINE_UNAVAILABLE'],
  ])('that is refused with %i is %s, and never open', async (status, code) => {
    const { engine } = await engineThatTells((_, response) => sendJson(response, {}, status));
    const { ended, isOpen } = follow(engine);
    await expect(ended).rejects.toMatchObject({ code });
    expect(isOpen()).toBe(false);
  });

  it('that does not begin within 10 s is ENGINE_TIMEOUT', async () => {
    const { engine, http } = await engineThatTells(() => {});
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { ended } = follow(engine);
    await vi.waitUntil(() => http.calls.some((call) => call.includes('/events')));
    await vi.advanceTimersByTimeAsync(9_000);
    await expect(Promise.race([ended, Promise.resolve('waits')])).resolves.toBe('waits');
    await vi.advanceTimersByTimeAsync(1_100);
    await expect(ended).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  });

  it('may be silent for as long as it likes once it has begun', async () => {
    const { listener, write } = stream();
    const { engine } = await engineThatTells(listener);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { names, isOpen } = follow(engine);
    await vi.waitUntil(isOpen);
    await vi.advanceTimersByTimeAsync(3_600_000);
    write(tag('late:1'));
    await vi.waitUntil(() => names.length > 0);
    expect(names).toEqual(['late:1']);
  });

  it('ends with its signal, for the engine too', async () => {
    let closed = false;
    const { engine } = await engineThatTells((_, response) => {
      response.flushHeaders();
      response.on('close', () => (closed = true));
    });
    const { ended, isOpen, leave } = follow(engine);
    await vi.waitUntil(isOpen);
    leave();
    await expect(ended).rejects.toThrow('left');
    await vi.waitUntil(() => closed);
  });
});
