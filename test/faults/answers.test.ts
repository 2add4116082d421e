import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  body,
  cut,
  endless,
  frozen,
  halfUntilClosed,
  raw,
  redirect,
  reset,
  stalled,
  status,
  trickle,
} from './broken-answers.ts';
import { DATA, EVERYTHING, type Fault, INSPECTS, LISTS, startFaultEngine } from './fault-engine.ts';
import { codesOf, serve } from './served.ts';

const LIST = '{ images(first: 1) { nodes { imageId } } }';
const INSPECT = '{ images(first: 1) { nodes { imageId config { user } history { createdBy } } } }';
const SECRET = '/var/lib/docker/secret-path';
/** What a fault of an instant may take on a busy machine, in milliseconds. */
const AT_ONCE = 1_500;
/** The deadline of an operation and of an inspect, and half a second. */
const OPERATION = 20_500;
const INSPECTED = 3_500;

/** Connections to what a redirect points at. */
let baited = 0;
const bait = net.createServer((socket) => {
  baited++;
  socket.destroy();
});
beforeAll(() => new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve)));
afterAll(() => void bait.close());
const elsewhere: Fault = (...call) =>
  redirect(302, `http://127.0.0.1:${(bait.address() as net.AddressInfo).port}/`)(...call);

/** Serves an engine that fails, asks, and asks again once it is sound. */
async function met(fault: Fault, calls: RegExp, query: string) {
  const engine = await startFaultEngine();
  const gateway = await serve({ e: engine.dial });
  try {
    expect((await gateway.ask(LIST)).errors).toBeUndefined();
    engine.fail(fault, calls);
    const answer = await gateway.ask(query);
    // F19: what an engine points at is never asked.
    expect([baited, engine.calls.includes('/images/json/')]).toEqual([0, false]);
    expect(JSON.stringify(answer)).not.toContain('secret');
    engine.fail(null);
    return {
      answer,
      codes: [...new Set(codesOf(answer))],
      recovery: await gateway.recovered(query),
    };
  } finally {
    await gateway.close();
    await engine.stop();
  }
}

const GARBAGE = '\u0000\u0001garbage';
const TOO_NEW = {
  message: 'client version 1.51 is too new. Maximum supported API version is 1.41',
};
const HEADERS = `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n[]`;

describe.concurrent('an engine that fails to list its images', () => {
  it.concurrent.each<[string, string, Fault, number, RegExp?]>([
    ['F5 frozen', 'ENGINE_TIMEOUT', frozen, OPERATION, EVERYTHING],
    ['F6 a body that stalls', 'ENGINE_TIMEOUT', stalled, 5_500],
    ['F7 half a body, then the end', 'ENGINE_BAD_RESPONSE', cut, AT_ONCE],
    ['F8 a reset in the middle of a chunk', 'ENGINE_BAD_RESPONSE', reset, AT_ONCE],
    ['F9 half of a body that nothing measures', 'ENGINE_BAD_RESPONSE', halfUntilClosed, AT_ONCE],
    ['F10 no JSON', 'ENGINE_BAD_RESPONSE', body('no'), AT_ONCE],
    ['F10 a NUL', 'ENGINE_BAD_RESPONSE', body(GARBAGE), AT_ONCE],
    ['F10 nothing', 'ENGINE_BAD_RESPONSE', body(''), AT_ONCE],
    ['F10 HTML', 'ENGINE_BAD_RESPONSE', body('<html></html>', 'text/html'), AT_ONCE],
    ['F11 null', 'ENGINE_BAD_RESPONSE', body('null'), AT_ONCE],
    ['F11 an object', 'ENGINE_BAD_RESPONSE', body('{}'), AT_ONCE],
    ['F12 500 with a message', 'ENGINE_ERROR', status(500, { message: SECRET }), AT_ONCE],
    ['F13 500 without a body', 'ENGINE_ERROR', status(500, ''), AT_ONCE],
    ['F13 503', 'ENGINE_UNAVAILABLE', status(503), AT_ONCE],
    ['F16 403 of a proxy', 'ENGINE_FORBIDDEN', status(403, `<html>${SECRET}`), AT_ONCE],
    ['F17 a version that it does not speak', 'ENGINE_INCOMPATIBLE', status(400, TOO_NEW), AT_ONCE],
    ['F18 no HTTP', 'ENGINE_BAD_RESPONSE', raw('SSH-2.0-OpenSSH_9\r\n'), AT_ONCE],
    ['F18 a header of 100 KB', 'ENGINE_BAD_RESPONSE', raw(HEADERS), AT_ONCE],
    ['F19 301', 'ENGINE_BAD_RESPONSE', redirect(301, '/images/json/'), AT_ONCE],
    ['F19 302 to another host', 'ENGINE_BAD_RESPONSE', elsewhere, AT_ONCE],
    ['F19 307 to ftp', 'ENGINE_BAD_RESPONSE', redirect(307, 'ftp://127.0.0.1/x'), AT_ONCE],
    ['F20 a kilobyte a second', 'ENGINE_TIMEOUT', trickle, 5_500],
    ['F22 a body without end', 'RESPONSE_TOO_LARGE', endless, AT_ONCE * 2],
  ])('%s: %s', async (_, code, fault, withinMs, calls = DATA) => {
    const { answer, codes, recovery } = await met(fault, calls, LIST);
    expect(codes).toEqual([`${code} e`]);
    expect(answer.data).toEqual({ images: null });
    expect(answer.ms).toBeLessThan(withinMs);
    expect(recovery).toBeLessThan(2_000);
  });
});

describe.concurrent('an engine that fails to tell of one image keeps the list', () => {
  it.concurrent.each<[string, string, Fault, number]>([
    ['F5 frozen', 'ENGINE_TIMEOUT', frozen, INSPECTED],
    ['F6 a body that stalls', 'ENGINE_TIMEOUT', stalled, 5_500],
    ['F7 half a body, then the end', 'ENGINE_BAD_RESPONSE', cut, AT_ONCE],
    ['F8 a reset in the middle of a chunk', 'ENGINE_BAD_RESPONSE', reset, AT_ONCE],
    ['F9 half of a body that nothing measures', 'ENGINE_BAD_RESPONSE', halfUntilClosed, AT_ONCE],
    ['F10 HTML', 'ENGINE_BAD_RESPONSE', body('<html></html>', 'text/html'), AT_ONCE],
    ['F12 500 with a message', 'ENGINE_ERROR', status(500, { message: SECRET }), AT_ONCE],
    ['F13 503', 'ENGINE_UNAVAILABLE', status(503), AT_ONCE],
    ['F15 409', 'CONFLICT', status(409, { message: SECRET }), AT_ONCE],
    ['F16 403 of a proxy', 'ENGINE_FORBIDDEN', status(403, `<html>${SECRET}`), AT_ONCE],
    ['F18 no HTTP', 'ENGINE_BAD_RESPONSE', raw('SSH-2.0-OpenSSH_9\r\n'), AT_ONCE],
    ['F19 302 to another host', 'ENGINE_BAD_RESPONSE', elsewhere, AT_ONCE],
    ['F20 a kilobyte a second', 'ENGINE_TIMEOUT', trickle, 5_500],
    ['F22 a body without end', 'RESPONSE_TOO_LARGE', endless, AT_ONCE * 2],
  ])('%s: %s', async (_, code, fault, withinMs) => {
    const { answer, codes, recovery } = await met(fault, INSPECTS, INSPECT);
    expect(codes).toEqual([`${code} e`]);
    expect(answer.data.images.nodes).toMatchObject([{ config: null, history: null }]);
    expect(answer.data.images.nodes[0].imageId).toMatch(/^sha256:/);
    expect(answer.ms).toBeLessThan(withinMs);
    expect(recovery).toBeLessThan(2_000);
  });

  it('F14 404 of an image that vanished after the list: null, and no error', async () => {
    const { answer } = await met(
      status(404, { message: `No such image ${SECRET}` }),
      INSPECTS,
      INSPECT,
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data.images.nodes).toMatchObject([{ config: null, history: null }]);
  });
});

describe('a fault that passes', () => {
  it.each<[string, Fault]>([
    ['F7 half a body', cut],
    ['F8 a reset', reset],
    ['F13 503', status(503)],
  ])('is not seen: %s', async (_, fault) => {
    const engine = await startFaultEngine();
    const gateway = await serve({ e: engine.dial });
    engine.fail((...call) => {
      engine.fail(null);
      fault(...call);
    }, LISTS);
    const { errors } = await gateway.ask(LIST);
    expect(errors).toBeUndefined();
    expect(engine.calls.filter((path) => LISTS.test(path))).toHaveLength(2);
    await gateway.close();
    await engine.stop();
  });
});

describe('an engine whose events are refused', () => {
  it('F16 by an answer without end is read by each operation, as after any refusal', async () => {
    const engine = await startFaultEngine();
    engine.fail((_, response) => void response.writeHead(403).write('<html>'), /^\/events/);
    const gateway = await serve({ e: engine.dial }, 'live');
    onTestFinished(async () => {
      await gateway.close();
      await engine.stop();
    });
    const mode = async () =>
      (await gateway.ask('{ engines { index { mode } } }')).data.engines[0].index.mode;
    await expect.poll(mode, { timeout: 8_000 }).toBe('OFF');
    expect((await gateway.ask(LIST)).errors).toBeUndefined();
  });
});
