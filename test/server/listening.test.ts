import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HttpServer, type HttpServerOptions, listen } from '../../src/server/http-server.ts';

let folder: string;
const open: HttpServer[] = [];
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'imagegraph-listen-'))));
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<HttpServerOptions> & Pick<HttpServerOptions, 'address'>) {
  const server = await listen({
    graphiql: false,
    graphql: (_, response) => void response.end('answered'),
    ...options,
  });
  open.push(server);
  return server;
}

/** A POST that is good but for what is given; an error's code when there is no answer. */
function post(options: https.RequestOptions): Promise<string> {
  return new Promise((resolve) => {
    const { request } = options.protocol === 'https:' ? https : http;
    const headers = { 'content-type': 'application/json', ...options.headers };
    const sent = request({ path: '/graphql', method: 'POST', ...options, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text === 'answered' ? text : String(response.statusCode)));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end('{}');
  });
}

describe('a socket file', () => {
  const path = () => join(folder, 'gateway.sock');
  const local = { headers: { host: 'localhost' } };

  it('is of its owner alone, and leaves with the server', async () => {
    const before = process.umask();
    const server = await start({ address: { socketPath: path() } });
    expect(server.url).toBe(`unix://${path()}`);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(before);
    expect(await post({ socketPath: path(), ...local })).toBe('answered');
    expect(await post({ socketPath: path(), headers: { host: 'evil.example' } })).toBe('403');
    await server.close();
    expect(() => statSync(path())).toThrow('ENOENT');
  });

  it('that a killed server has left behind is replaced', async () => {
    const script = `require('net').createServer().listen(${JSON.stringify(path())}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect(() => execFileSync(process.execPath, ['-e', script], { stdio: 'ignore' })).toThrow(
      'Command failed',
    );
    expect(statSync(path()).isSocket()).toBe(true);
    await start({ address: { socketPath: path() } });
    expect(await post({ socketPath: path(), ...local })).toBe('answered');
  });

  it('that somebody listens on is left alone', async () => {
    const other = net.createServer().listen(path());
    await expect(start({ address: { socketPath: path() } })).rejects.toThrow('EADDRINUSE');
    expect(other.listening).toBe(true);
    await new Promise((resolve) => other.close(resolve));
  });

  it('that is no socket is left alone', async () => {
    writeFileSync(path(), 'mine');
    await expect(start({ address: { socketPath: path() } })).rejects.toThrow('EADDRINUSE');
    expect(readFileSync(path(), 'utf8')).toBe('mine');
  });
});

describe('TLS', () => {
  /** Keys and certificates of an authority: its own, and one that it has signed for localhost. */
  function createAuthority(name: string) {
    const run = (words: string) =>
      execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'pipe' });
    const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
    run(`req -x509 ${key} -days 2 -subj /CN=${name} -keyout ${name}.key -out ${name}.pem`);
    run(`req ${key} -subj /CN=localhost -keyout ${name}-leaf.key -out ${name}-leaf.csr`);
    writeFileSync(join(folder, 'ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
    run(
      `x509 -req -in ${name}-leaf.csr -CA ${name}.pem -CAkey ${name}.key -CAcreateserial -days 2 -extfile ext -out ${name}-leaf.pem`,
    );
    const read = (file: string) => readFileSync(join(folder, file), 'utf8');
    const leaf = { cert: read(`${name}-leaf.pem`), key: read(`${name}-leaf.key`) };
    return { ca: read(`${name}.pem`), leaf };
  }
  const address = { host: '127.0.0.1', port: 0 };
  const to = (server: HttpServer, more: https.RequestOptions) => {
    const { port } = new URL(server.url);
    return post({ protocol: 'https:', host: '127.0.0.1', port, agent: false, ...more });
  };

  it('serves by its certificate, and takes another one while it runs', async () => {
    const [first, second] = [createAuthority('first'), createAuthority('second')];
    const server = await start({ address, tls: { ...first.leaf, clientCa: null } });
    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/graphql$/);
    expect(await to(server, { ca: first.ca })).toBe('answered');
    expect(await to(server, { ca: second.ca })).toMatch(/SIGNATURE|CERT|SELF_SIGNED|ISSUER/);
    server.renew({ token: null, tls: { ...second.leaf, clientCa: null } });
    expect(await to(server, { ca: second.ca })).toBe('answered');
  });

  it('demands a certificate of clients that its authority has signed', async () => {
    const [own, other] = [createAuthority('own'), createAuthority('other')];
    const server = await start({ address, tls: { ...own.leaf, clientCa: own.ca } });
    expect(await to(server, { ca: own.ca, ...own.leaf })).toBe('answered');
    expect(await to(server, { ca: own.ca })).not.toBe('answered');
    expect(await to(server, { ca: own.ca, ...other.leaf })).not.toBe('answered');
  });

  it('lets nobody finish a handshake that was begun under former certificates', async () => {
    const [own, other] = [createAuthority('own'), createAuthority('other')];
    const server = await start({ address, tls: { ...own.leaf, clientCa: own.ca } });
    const waiting = net.connect(Number(new URL(server.url).port), '127.0.0.1');
    waiting.on('error', () => {});
    await once(waiting, 'connect');
    // The server has it once it answers somebody who came later.
    expect(await to(server, { ca: own.ca, ...own.leaf })).toBe('answered');
    const closed = new Promise((resolve) => waiting.once('close', () => resolve('closed')));
    server.renew({ token: null, tls: { ...own.leaf, clientCa: other.ca } });
    expect(await closed).toBe('closed');
  });

  it('does not answer who speaks none', async () => {
    const { leaf } = createAuthority('own');
    const server = await start({ address, tls: { ...leaf, clientCa: null } });
    const { port } = new URL(server.url);
    expect(await post({ host: '127.0.0.1', port })).not.toBe('answered');
  });
});

describe('connections', () => {
  it('of one address are so many at most, and others come in once some have gone', async () => {
    const address = { host: '127.0.0.1', port: 0 };
    const server = await start({ address, clientConnections: 3 });
    const port = Number(new URL(server.url).port);
    const connect = () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      return socket;
    };
    const held = [1, 2, 3].map(connect);
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    await once(connect().resume(), 'close');
    held.pop()?.destroy();
    await expect.poll(() => post({ host: '127.0.0.1', port, agent: false })).toBe('answered');
    held.forEach((socket) => socket.destroy());
  });
});

describe('a token', () => {
  it('that is no longer valid ends what came in by it', async () => {
    const streams = new Set<http.ServerResponse>();
    const graphql: http.RequestListener = (_, response) => {
      response.write(':');
      streams.add(response);
      response.once('close', () => streams.delete(response));
    };
    const address = { host: '127.0.0.1', port: 0 };
    const server = await start({ address, token: 'a'.repeat(32), graphql });
    const { port } = new URL(server.url);
    const headers = { authorization: `Bearer ${'a'.repeat(32)}` };
    void post({ host: '127.0.0.1', port, headers });
    await expect.poll(() => streams.size).toBe(1);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    server.renew({ token: 'a'.repeat(32), tls: null });
    vi.advanceTimersByTime(60_000);
    expect(streams.size).toBe(1);
    server.renew({ token: 'b'.repeat(32), tls: null });
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await expect.poll(() => streams.size).toBe(0);
  });

  it('may be another one while the server runs', async () => {
    const server = await start({ address: { host: '127.0.0.1', port: 0 }, token: 'a'.repeat(32) });
    const { port } = new URL(server.url);
    const ask = (letter: string) =>
      post({
        host: '127.0.0.1',
        port,
        agent: false,
        headers: { authorization: `Bearer ${letter.repeat(32)}` },
      });
    expect([await ask('a'), await ask('b')]).toEqual(['answered', '401']);
    server.renew({ token: 'b'.repeat(32), tls: null });
    expect([await ask('a'), await ask('b')]).toEqual(['401', 'answered']);
  });
});
