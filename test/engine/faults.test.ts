import type { RequestListener } from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Ask } from '../../src/engine/asking.ts';
import type { DockerFor } from '../../src/engine/docker-calls.ts';
import { EngineError } from '../../src/engine/engine-error.ts';
import type { EngineFacts } from '../../src/engine/engine-facts.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createInspectVerbs } from '../../src/engine/inspect-verbs.ts';
import { NO_REDACTION } from '../../src/engine/redaction.ts';
import { connectTo } from '../support/gateway.ts';
import { type HttpEngine, sendJson, startHttpEngine } from '../support/http-engine.ts';

const VERSION = {
  ApiVersion: '1.51',
  MinAPIVersion: '1.24',
  Version: '28',
  Os: 'linux',
  Arch: 'amd64',
};
const ROW = { Id: `sha256:${'a'.repeat(64)}`, ParentId: '', Created: 1, Size: 1 };
const signal = () => AbortSignal.timeout(20_000);

let http: HttpEngine | null = null;
let engine: Engine | null = null;
afterEach(async () => {
  engine?.close();
  await http?.close();
  http = engine = null;
});

/** An engine that greets well and answers the image list as told. */
async function engineThatLists(list: RequestListener): Promise<Engine> {
  http = await startHttpEngine((request, response) => {
    if (request.url === '/_ping') return void response.end('OK');
    if (request.url === '/version') return sendJson(response, VERSION);
    if (request.url === '/v1.51/info') return sendJson(response, { ID: 'x' });
    return list(request, response);
  });
  engine = connectTo('e', http.dial);
  await engine.facts();
  return engine;
}

describe('a list that is not as it should be', () => {
  const raw =
    (text: string): RequestListener =>
    (request) =>
      void request.socket.end(text);
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

  it.each<[string, string, RequestListener]>([
    [
      'half a body, then the end',
      'ENGINE_BAD_RESPONSE',
      raw(`${head}Content-Length: 99\r\n\r\n[{"Id"`),
    ],
    [
      'a close-delimited half',
      'ENGINE_BAD_RESPONSE',
      raw(`${head}Connection: close\r\n\r\n[{"Id":`),
    ],
    ['JSON null', 'ENGINE_BAD_RESPONSE', (_, response) => sendJson(response, null)],
    ['an object', 'ENGINE_BAD_RESPONSE', (_, response) => sendJson(response, {})],
    ['an empty body', 'ENGINE_BAD_RESPONSE', (_, response) => void response.end()],
    ['HTML', 'ENGINE_BAD_RESPONSE', (_, response) => void response.end('<html>')],
    ['an array of strings', 'ENGINE_BAD_RESPONSE', (_, response) => sendJson(response, ['x'])],
    ['no HTTP at all', 'ENGINE_BAD_RESPONSE', raw('SSH-2.0-OpenSSH\r\n')],
    ['status 500', 'ENGINE_ERROR', (_, response) => sendJson(response, { message: 'x' }, 500)],
    ['status 503', 'ENGINE_UNAVAILABLE', (_, response) => sendJson(response, {}, 503)],
    ['status 403', 'ENGINE_FORBIDDEN', (_, response) => sendJson(response, {}, 403)],
    ['status 400', 'ENGINE_ERROR', (_, response) => sendJson(response, { message: 'y' }, 400)],
    [
      'a refused version',
      'ENGINE_INCOMPATIBLE',
      (_, r) => sendJson(r, { message: 'client version 1.51 is too new. Maximum is 1.41' }, 400),
    ],
  ])('is a typed error: %s', async (_, code, list) => {
    const broken = await engineThatLists(list);
    await expect(broken.listImages(signal())).rejects.toMatchObject({ code, engine: 'e' });
  });

  it('is a typed error: a socket destroyed in the middle of a chunk', async () => {
    const broken = await engineThatLists((request, response) => {
      response.write('[{"Id":', () => request.socket.destroy());
    });
    await expect(broken.listImages(signal())).rejects.toMatchObject({
      code: 'ENGINE_BAD_RESPONSE',
    });
  });

  it('is a typed error within 6 seconds: a body that stalls', async () => {
    const broken = await engineThatLists((_, response) => void response.write('[{"Id":'));
    await expect(broken.listImages(signal())).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  });

  it('is a typed error: a row of more than 4 MiB', async () => {
    const broken = await engineThatLists((_, r) => sendJson(r, [{ Id: 'x'.repeat(5_000_000) }]));
    await expect(broken.listImages(signal())).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });

  it('follows no redirect, wherever it points', async () => {
    const bait = await listenOnLoopback();
    const broken = await engineThatLists(
      (_, response) =>
        void response.writeHead(301, { location: `http://127.0.0.1:${bait.port}/` }).end(),
    );
    await expect(broken.listImages(signal())).rejects.toMatchObject({
      code: 'ENGINE_BAD_RESPONSE',
    });
    expect(bait.connections()).toBe(0);
    bait.close();
  });

  it('keeps the good rows beside one without an ID', async () => {
    const lying = await engineThatLists((_, r) => sendJson(r, [{ Id: 7, Size: 'big' }, ROW]));
    expect((await lying.listImages(signal())).map(({ id }) => id)).toEqual([ROW.Id]);
  });
});

describe('a connection', () => {
  it('ends the engine call when the caller gives up', async () => {
    let closed = false;
    const slow = await engineThatLists(
      (request) => void request.on('close', () => (closed = true)),
    );
    const controller = new AbortController();
    const list = slow.listImages(controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(list).rejects.toThrow(/abort/i);
    await expect.poll(() => closed, { timeout: 1_000 }).toBe(true);
  });

  it('is found by itself once the engine is there, within 2 seconds', async () => {
    let dial = () => net.connect('/nonexistent/engine.sock');
    engine = connectTo('e', () => dial());
    expect(await engine.facts()).toBeNull();
    expect(engine.status()).toBe('UNAVAILABLE');
    await expect(engine.listImages(signal())).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    http = await startHttpEngine((request, response) => {
      if (request.url === '/version') return sendJson(response, VERSION);
      return sendJson(response, request.url === '/v1.51/info' ? {} : [ROW]);
    });
    dial = http.dial;
    await expect.poll(() => engine?.status(), { timeout: 2_000 }).toBe('READY');
  });

  it.each([
    ['1.24', '1.12', 24],
    ['1.41', '1.12', 41],
    ['1.57', '1.44', 56],
  ])('speaks the newest version that both know: %s, at least %s', async (newest, oldest, api) => {
    http = await startHttpEngine((_, r) =>
      sendJson(r, { ApiVersion: newest, MinAPIVersion: oldest, Version: 'x' }),
    );
    engine = connectTo('e', http.dial);
    expect((await engine.facts())?.api).toBe(api);
    expect(http.calls).toEqual(['GET /version', `GET /v1.${api}/info`]);
  });

  it.each([
    ['1.60', '1.57'],
    ['1.23', '1.12'],
  ])('refuses an engine of API %s that accepts no less than %s', async (newest, oldest) => {
    http = await startHttpEngine((_, r) =>
      sendJson(r, { ApiVersion: newest, MinAPIVersion: oldest }),
    );
    engine = connectTo('e', http.dial);
    await expect(engine.listImages(signal())).rejects.toMatchObject({
      code: 'ENGINE_INCOMPATIBLE',
    });
  });
});

describe('two engines under a hostile environment', () => {
  it('each get their own calls only', async () => {
    const before = { ...process.env };
    const trap = await listenOnLoopback();
    Object.assign(process.env, {
      DOCKER_HOST: `tcp://127.0.0.1:${trap.port}`,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: '/nonexistent',
      DOCKER_PATH_PREFIX: '/evil',
    });
    const idOf = (digit: string) => `sha256:${digit.repeat(64)}`;
    const servers = await Promise.all(
      ['a', 'b'].map((digit) =>
        startHttpEngine((request, response) => {
          if (request.url === '/version') return sendJson(response, VERSION);
          if (request.url === '/v1.51/info') return sendJson(response, {});
          return sendJson(response, [{ ...ROW, Id: idOf(digit) }]);
        }),
      ),
    );
    const [a, b] = servers.map((server, at) => connectTo(`e${at}`, server.dial));
    const lists = await Promise.all([a?.listImages(signal()), b?.listImages(signal())]);
    process.env = before;
    expect(lists.map((rows) => rows?.map(({ id }) => id))).toEqual([[idOf('a')], [idOf('b')]]);
    for (const server of servers) {
      expect(server.calls).toEqual([
        'GET /version',
        'GET /v1.51/info',
        'GET /v1.51/images/json?all=1&manifests=1',
      ]);
    }
    a?.close();
    b?.close();
    expect(trap.connections()).toBe(0);
    trap.close();
    for (const server of servers) await server.close();
  });
});

async function listenOnLoopback() {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return { port, connections: () => connections, close: () => server.close() };
}

describe('an exchange that leaves HTTP', () => {
  it('is a typed error, and no place is lost', async () => {
    let left = 20;
    const asked = await engineThatLists((request, response) => {
      if (left-- <= 0) return sendJson(response, []);
      request.socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n');
      request.socket.write('Connection: Upgrade\r\n\r\n');
    });
    await expect(asked.listImages(signal())).rejects.toMatchObject({ engine: 'e' });
    await expect.poll(() => asked.listImages(signal()), { timeout: 20_000 }).toEqual([]);
  });
});

describe('inspects that are all broken', () => {
  it.each(['inspectImage', 'readImage'] as const)(
    'are failures alone for the circuit: %s',
    async (verb) => {
      let [begun, answered] = [0, 0];
      const facts = { api: 51, store: 'CONTAINERD' } as EngineFacts;
      const ask: Ask = async (_, call) => {
        begun++;
        const result = await call(facts);
        answered++;
        return result;
      };
      const docker = (() => ({ getImage: () => ({ inspect: broken }) })) as unknown as DockerFor;
      const verbs = createInspectVerbs('e', docker, ask, NO_REDACTION);
      await expect(verbs[verb](ROW.Id, signal())).rejects.toThrow('no JSON');
      expect([begun, answered]).toEqual([1, 0]);
    },
  );
});

function broken(): never {
  throw new EngineError('ENGINE_BAD_RESPONSE', 'e', 'no JSON');
}
