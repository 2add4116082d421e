import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Program, run, spawnProgram, start } from './program.ts';

const [FIRST, SECOND] = ['first', 'other'].map((word) => `${word}-token-that-is-long-enough-to-be`);

let folder: string;
let program: Program | null = null;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'imagegraph-door-'))));
afterEach(async () => {
  await program?.stop();
  program = null;
  rmSync(folder, { recursive: true });
});

const QUERY = '{"query":"{ engines { name } }"}';
const JSON_TYPE = { 'content-type': 'application/json' };

async function statusWith(token: string | undefined, url = program?.url ?? ''): Promise<number> {
  const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
  return (await fetch(url, { method: 'POST', headers, body: QUERY })).status;
}

describe('the program', () => {
  it('does not listen for others without a token or client certificates', async () => {
    const args = ['--engine', 'tcp://127.0.0.1:1', '--host', '0.0.0.0'];
    const { code, stdout, stderr } = await run({ args });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--token-file');
    expect(stderr).toContain('--tls-client-ca');
  });

  it('asks for the token of a file, warns of its mode, and reads it again on SIGHUP', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, `${FIRST}\n`);
    chmodSync(file, 0o644);
    program = await start({ args: ['--engine', 'sample', '--token-file', file] });
    expect(program.stderr()).toContain('mode 0644');
    expect([await statusWith(FIRST), await statusWith(SECOND)]).toEqual([200, 401]);
    writeFileSync(file, `${SECOND}\n`);
    program.child.kill('SIGHUP');
    await expect.poll(() => statusWith(SECOND)).toBe(200);
    expect(await statusWith(FIRST)).toBe(401);
    writeFileSync(file, 'short');
    program.child.kill('SIGHUP');
    await expect.poll(() => program?.stderr()).toContain('those of before stay');
    expect(program.stderr()).toContain(`${file}\\" does not hold one token`);
    expect(await statusWith(SECOND)).toBe(200);
    expect(program.stderr()).not.toMatch(/first-token|other-token/);
  });

  it('takes a token out of a pipe, and keeps it on SIGHUP', async () => {
    const script = `exec "$@" --token-file <(echo ${FIRST})`;
    program = await start({ args: ['--engine', 'sample'], under: ['bash', '-c', script, 'bash'] });
    expect([await statusWith(FIRST), await statusWith(SECOND)]).toEqual([200, 401]);
    program.child.kill('SIGHUP');
    await expect.poll(() => program?.stderr()).toContain('those of before stay');
    expect(await statusWith(FIRST)).toBe(200);
  });

  it('takes the token of a SIGHUP that comes while it starts', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, FIRST as string, { mode: 0o600 });
    // An engine that takes connections and says nothing holds up the start for a while.
    const engine = net.createServer().listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const { port } = engine.address() as net.AddressInfo;
    const connected = once(engine, 'connection');
    const args = ['--engine', `tcp://127.0.0.1:${port}`, '--token-file', file, '--port', '0'];
    const child = spawnProgram({ args });
    const ready = once(child.stdout as NodeJS.ReadableStream, 'data');
    await connected;
    writeFileSync(file, SECOND as string);
    child.kill('SIGHUP');
    const [, url = ''] = /ready at (\S+)/.exec(String(await ready)) ?? [];
    await expect.poll(() => statusWith(SECOND, url)).toBe(200);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    engine.close();
  });

  it('hears that it is to end while it still starts', async () => {
    // An engine that takes connections and says nothing holds up the start for a while.
    const engine = net.createServer().listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const { port } = engine.address() as net.AddressInfo;
    const connected = once(engine, 'connection');
    const child = spawnProgram({ args: ['--engine', `tcp://127.0.0.1:${port}`, '--port', '0'] });
    const ended = once(child, 'exit');
    await connected;
    child.kill('SIGHUP');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    engine.close();
  });

  it('listens on a socket file of its own', async () => {
    const socketPath = join(folder, 'gateway.sock');
    program = await start({ args: ['--engine', 'sample', '--host', `unix://${socketPath}`] });
    expect(program.url).toBe(`unix://${socketPath}`);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    const headers = { ...JSON_TYPE, host: 'localhost' };
    const answer = await new Promise<string>((resolve, reject) => {
      http
        .request({ socketPath, path: '/graphql', method: 'POST', headers }, (response) =>
          resolve(text(response)),
        )
        .on('error', reject)
        .end(QUERY);
    });
    expect(JSON.parse(answer)).toEqual({ data: { engines: [{ name: 'sample' }] } });
    expect(await program.stop()).toBe(0);
    expect(existsSync(socketPath)).toBe(false);
  });

  it('takes a further Host and Origin, and says once in its log which it has refused', async () => {
    const args = ['--allow-host', 'images.example.com', '--allow-origin', 'https://a.example.com'];
    program = await start({ args: ['--engine', 'sample', ...args] });
    const { port } = new URL(program.url);
    const status = (headers: object) =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = {
          port,
          path: '/graphql',
          method: 'POST',
          headers: { ...JSON_TYPE, ...headers },
        };
        http
          .request({ host: '127.0.0.1', ...options }, (response) => {
            response.resume();
            resolve(response.statusCode);
          })
          .on('error', reject)
          .end(QUERY);
      });
    expect(await status({ host: 'images.example.com' })).toBe(200);
    expect(await status({ origin: 'https://a.example.com' })).toBe(200);
    for (const _ of [1, 2]) expect(await status({ host: 'pictures.example.com' })).toBe(403);
    expect(await status({ origin: 'https://b.example.com' })).toBe(403);
    await expect.poll(() => program?.stderr()).toContain('https://b.example.com');
    expect(program.stderr().split('pictures.example.com')).toHaveLength(2);
    expect(program.stderr()).toContain('--allow-host');
  });
});
