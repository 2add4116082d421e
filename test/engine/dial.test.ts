import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDialer, type DialOptions } from '../../src/engine/dial.ts';
import type { Endpoint } from '../../src/engine/endpoint.ts';
import { createCertificate } from '../config/config-inputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'imagegraph-dial-'));
const socketPath = join(folder, 'engine.sock');
const BIG = Buffer.alloc(3_000_000, 'imagegraph ');
let connections = 0;

/** Answers with the Host header, or with what it is sent. */
const engine = http.createServer((request, response) => {
  if (request.method === 'POST') request.pipe(response);
  else response.end(request.headers.host);
});
engine.on('connection', () => connections++);

beforeAll(() => new Promise<void>((resolve) => engine.listen(socketPath, resolve)));
afterAll(() => {
  engine.closeAllConnections();
  engine.close();
  rmSync(folder, { recursive: true });
});

const refuseEmbedded: DialOptions['connectEmbedded'] = () => {
  throw new Error('no embedded engine here');
};

interface AskOptions extends Partial<DialOptions> {
  readonly agent?: http.Agent;
  readonly body?: Buffer;
}

/** The answer of the engine at an endpoint, or the error of the connection. */
function ask(endpoint: Endpoint, { agent, body, ...options }: AskOptions = {}): Promise<string> {
  const { dial, host } = createDialer(endpoint, {
    connectEmbedded: refuseEmbedded,
    sshEnvironment: {},
    ...options,
  });
  const keepAlive = agent && Object.assign(agent, { createConnection: dial });
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const connection = keepAlive ? { agent: keepAlive } : { createConnection: dial };
    const request = http.request({ ...connection, headers: { host }, method }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text)).on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}

/** How many connections the engine got for two requests, one after the other. */
async function connectionsOfTwo(endpoint: Endpoint, options: AskOptions = {}): Promise<number> {
  const agent = new http.Agent({ keepAlive: true });
  const before = connections;
  await ask(endpoint, { ...options, agent });
  await ask(endpoint, { ...options, agent });
  agent.destroy();
  return connections - before;
}

async function listen(server: net.Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as net.AddressInfo).port;
}

describe('a socket', () => {
  it('is connected to, as the host docker', async () => {
    expect(await ask({ kind: 'socket', path: socketPath })).toBe('docker');
  });

  it('is kept for the next request', async () => {
    expect(await connectionsOfTwo({ kind: 'socket', path: socketPath })).toBe(1);
  });

  it('that is not there is an error event', async () => {
    const asked = ask({ kind: 'socket', path: join(folder, 'none.sock') });
    await expect(asked).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('of a path that no system takes is an error event, not an exception', async () => {
    await expect(ask({ kind: 'socket', path: `/${'x'.repeat(5_000)}` })).rejects.toThrow(
      /^connect E/,
    );
  });
});

describe('tcp', () => {
  it('is connected to, by address and by name, with the port in the Host header', async () => {
    const server = http.createServer((request, response) => response.end(request.headers.host));
    const port = await listen(server);
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await ask({ kind: 'tcp', host, port })).toBe(`${host}:${port}`);
    }
    server.close();
  });

  it('has brackets around an IPv6 address in the Host header', () => {
    const options = { connectEmbedded: refuseEmbedded, sshEnvironment: {} };
    expect(createDialer({ kind: 'tcp', host: '::1', port: 1 }, options).host).toBe('[::1]:1');
  });

  it('that nobody listens on is an error event', async () => {
    const server = net.createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const asked = ask({ kind: 'tcp', host: '127.0.0.1', port });
    await expect(asked).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('TLS', () => {
  const own = createCertificate();
  const client = createCertificate('DNS:client');
  const elsewhere = createCertificate('DNS:elsewhere.example');
  const servers: https.Server[] = [];

  async function serve(options: https.ServerOptions): Promise<number> {
    const server = https.createServer(options, (request, response) => {
      response.end(request.headers.host);
    });
    servers.push(server);
    return listen(server);
  }

  afterAll(() => servers.forEach((server) => server.close()));

  it.each(['localhost', '127.0.0.1'])('is trusted by the CA that is given, at %s', async (host) => {
    const port = await serve(own);
    expect(await ask({ kind: 'tls', host, port, ca: own.cert })).toBe(`${host}:${port}`);
  });

  it.each<[string, typeof own, string | null]>([
    ['no CA that signed it', own, null],
    ['another CA', own, client.cert],
    ['a certificate of another host', elsewhere, elsewhere.cert],
  ])('is refused with %s', async (_what, server, ca) => {
    const port = await serve(server);
    const endpoint = { kind: 'tls', host: 'localhost', port } as const;
    await expect(ask({ ...endpoint, ...(ca === null ? {} : { ca }) })).rejects.toThrow(
      /certificate/,
    );
  });

  it('is not checked with skipVerify', async () => {
    const port = await serve(elsewhere);
    const endpoint = { kind: 'tls', host: '127.0.0.1', port, skipVerify: true } as const;
    expect(await ask(endpoint)).toBe(`127.0.0.1:${port}`);
  });

  it('is checked whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const port = await serve(own);
    await expect(ask({ kind: 'tls', host: 'localhost', port })).rejects.toThrow(/certificate/);
    vi.unstubAllEnvs();
  });

  it('shows the client certificate that is given', async () => {
    const port = await serve({
      ...own,
      ca: client.cert,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const endpoint = { kind: 'tls', host: 'localhost', port, ca: own.cert } as const;
    expect(await ask({ ...endpoint, ...client })).toBe(`localhost:${port}`);
    await expect(ask(endpoint)).rejects.toThrow(/SSL|certificate|ECONNRESET/);
  });

  it('with a key that is no key is an error event, not an exception', async () => {
    const endpoint = { kind: 'tls', host: 'localhost', port: 1, cert: 'x', key: 'x' } as const;
    await expect(ask(endpoint)).rejects.toThrow(/PEM/);
  });

  it('where plain HTTP is spoken is an error event', async () => {
    const server = http.createServer();
    const port = await listen(server);
    await expect(ask({ kind: 'tls', host: 'localhost', port })).rejects.toThrow(/SSL|EPROTO/);
    server.close();
  });
});

describe('an embedded engine', () => {
  const sample = { kind: 'sample' } as const;
  const connectEmbedded: DialOptions['connectEmbedded'] = () => {
    const [near, far] = duplexPair();
    engine.emit('connection', far);
    return near;
  };

  it('is connected to within the process', async () => {
    expect(await ask(sample, { connectEmbedded })).toBe('docker');
  });

  it('is kept connected for the next request', async () => {
    expect(await connectionsOfTwo(sample, { connectEmbedded })).toBe(1);
  });

  it('that cannot be opened is an error event, not an exception', async () => {
    await expect(ask(sample)).rejects.toThrow('no embedded engine here');
  });
});

/** What the stand-in for ssh was started with. */
interface SshCall {
  readonly pid: number;
  readonly args: string[];
  readonly env: Record<string, string>;
}

/** An ssh that notes how it was called, and does what the name of the host says. */
const STAND_IN = `#!${process.execPath}
const { dirname, join } = require('node:path');
const { writeFileSync } = require('node:fs');
const folder = dirname(process.argv[1]);
const args = process.argv.slice(2);
writeFileSync(join(folder, 'call.json'), JSON.stringify({ pid: process.pid, args, env: process.env }));
const end = (code, complaint) => process.stderr.write(complaint, () => process.exit(code));
const host = args[args.indexOf('--') + 1];
if (host === 'refused') end(255, 'me@refused: Permission denied (publickey).\\n');
else if (host === 'noisy') end(255, 'x'.repeat(100000));
else if (host === 'mute') end(0, '');
else if (host === 'lost') process.stdout.write('HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhalf', () => end(255, 'Connection reset'));
else {
  const engine = require('node:net').connect(join(folder, '..', 'engine.sock'));
  process.stdin.pipe(engine).pipe(process.stdout);
}
`;

describe('ssh', () => {
  const bin = join(folder, 'bin');
  const sshEnvironment = { PATH: bin, HOME: '/nowhere', SSH_AUTH_SOCK: '/agent.sock' };
  const options = { sshEnvironment };
  const at = (destination: string) => ({ kind: 'ssh', destination }) as const;
  const call = () => JSON.parse(readFileSync(join(bin, 'call.json'), 'utf8')) as SshCall;

  beforeAll(() => {
    mkdirSync(bin);
    writeFileSync(join(bin, 'ssh'), STAND_IN, { mode: 0o755 });
  });

  it('is started as the docker command starts it, and asks nobody for anything', async () => {
    expect(await ask(at('me@build'), options)).toBe('docker');
    const flags = ['ConnectTimeout=5', 'BatchMode=yes', 'ServerAliveInterval=15'].flatMap(
      (value) => ['-o', value],
    );
    expect(call().args).toEqual([
      ...flags,
      '-T',
      '--',
      'me@build',
      'docker',
      'system',
      'dial-stdio',
    ]);
  });

  it('is told the port and the socket', async () => {
    await ask({ ...at('build'), port: 2222, socketPath: '/run/podman.sock' }, options);
    const { args } = call();
    expect(args.slice(args.indexOf('-p'), args.indexOf('-p') + 2)).toEqual(['-p', '2222']);
    const command = ['docker', '--host', 'unix:///run/podman.sock', 'system', 'dial-stdio'];
    expect(args.slice(args.indexOf('--'))).toEqual(['--', 'build', ...command]);
  });

  it('sees nothing of the environment but what it is given', async () => {
    vi.stubEnv('IMAGEGRAPH_CANARY', 'hunter2');
    await ask(at('build'), options);
    vi.unstubAllEnvs();
    expect(call().env).toEqual(sshEnvironment);
  });

  it('carries megabytes in both directions', async () => {
    const answer = await ask(at('build'), { ...options, body: BIG });
    expect(answer === BIG.toString()).toBe(true);
  });

  it('is kept for the next request', async () => {
    expect(await connectionsOfTwo(at('build'), options)).toBe(1);
  });

  it('ends with its connection', async () => {
    const dialer = createDialer(at('build'), { connectEmbedded: refuseEmbedded, ...options });
    const connection = dialer.dial();
    connection.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => connection.once('data', resolve));
    const { pid } = call();
    expect(() => process.kill(pid, 0)).not.toThrow();
    connection.destroy();
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5_000);
  });

  it('that fails is an error event with what it says', async () => {
    await expect(ask(at('refused'), options)).rejects.toThrow(
      'me@refused: Permission denied (publickey).',
    );
  });

  it('that says a lot is quoted with 4 KB of it', async () => {
    const error = await ask(at('noisy'), options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toBe('x'.repeat(4096));
  });

  it('that ends before an answer is an error event', async () => {
    await expect(ask(at('mute'), options)).rejects.toThrow('ssh ended with 0');
  });

  it('that ends within an answer is a lost connection', async () => {
    await expect(ask(at('lost'), options)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('that is not installed is an error event', async () => {
    const nowhere = { sshEnvironment: { PATH: join(folder, 'none') } };
    await expect(ask(at('build'), nowhere)).rejects.toThrow(/ssh does not start: .*ENOENT/);
  });
});

const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

describe.runIf(sshd !== undefined)('a real sshd', () => {
  const home = join(folder, 'sshd');
  const at = (name: string) => join(home, name);
  const stop = new AbortController();
  let port = 0;

  /** A PATH with an ssh on it that goes by these settings instead of the person's own. */
  function sshOf(name: string, knownHosts: string): Record<string, string> {
    mkdirSync(at(name));
    writeFileSync(join(at(name), 'known_hosts'), knownHosts);
    const settings = ['-F', 'none', '-i', at('client'), '-o', 'IdentitiesOnly=yes'];
    const hosts = ['-o', `UserKnownHostsFile=${join(at(name), 'known_hosts')}`];
    const command = `#!/bin/sh\nPATH=/usr/bin:/bin exec ssh ${[...settings, ...hosts].join(' ')} "$@"\n`;
    writeFileSync(join(at(name), 'ssh'), command, { mode: 0o755 });
    return { PATH: at(name) };
  }

  beforeAll(async () => {
    mkdirSync(home);
    for (const key of ['host', 'client']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]);
    }
    const bridge = `require('node:fs').writeFileSync('${at('command')}', process.env.SSH_ORIGINAL_COMMAND);
      const engine = require('node:net').connect('${socketPath}');
      process.stdin.pipe(engine).pipe(process.stdout);`;
    writeFileSync(at('bridge.cjs'), bridge);
    const forced = `command="${process.execPath} ${at('bridge.cjs')}"`;
    writeFileSync(at('authorized'), `${forced} ${readFileSync(at('client.pub'), 'utf8')}`);
    const reserved = net.createServer();
    port = await listen(reserved);
    await new Promise((resolve) => reserved.close(resolve));
    const settings = `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${at('host')}\nUsePAM no
      StrictModes no\nAuthorizedKeysFile ${at('authorized')}\nPidFile none\n`;
    writeFileSync(at('config'), settings);
    // Where sshd, as root, wants an empty folder of its own.
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
    const server = spawn(sshd ?? '', ['-D', '-e', '-f', at('config')], { signal: stop.signal });
    server.on('error', () => {});
    await new Promise<void>((resolve, reject) => {
      let said = '';
      server.on('exit', () => reject(new Error(said)));
      server.stderr.on('data', (chunk: Buffer) => {
        said += String(chunk);
        if (said.includes('listening on')) resolve();
      });
    });
  });

  afterAll(() => stop.abort());

  const endpoint = () =>
    ({ kind: 'ssh', destination: `${userInfo().username}@127.0.0.1`, port }) as const;

  it('is connected to when its host key is known', async () => {
    const key = readFileSync(at('host.pub'), 'utf8');
    const sshEnvironment = sshOf('known', `[127.0.0.1]:${port} ${key}`);
    expect(await ask(endpoint(), { sshEnvironment })).toBe('docker');
    expect(readFileSync(at('command'), 'utf8')).toBe('docker system dial-stdio');
    expect(await connectionsOfTwo(endpoint(), { sshEnvironment })).toBe(1);
    const answer = await ask(endpoint(), { sshEnvironment, body: BIG });
    expect(answer === BIG.toString()).toBe(true);
  });

  it('is refused when its host key is not', async () => {
    const sshEnvironment = sshOf('unknown', '');
    await expect(ask(endpoint(), { sshEnvironment })).rejects.toThrow(
      'Host key verification failed',
    );
  });
});
