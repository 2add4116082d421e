import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCertificate } from '../config/config-inputs.ts';
import { type Program, start } from '../main/program.ts';

const HOST = 'images.example.com';
const isThere = spawnSync('nginx', ['-v']).error === undefined;
const CONF = readFileSync(new URL('../../packaging/nginx.conf', import.meta.url), 'utf8');

describe.runIf(isThere)('behind nginx with packaging/nginx.conf', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imagegraph-nginx-'));
  // No port, which somebody else might take first.
  const socketPath = join(folder, 'nginx.sock');
  let program: Program;
  let nginx: ChildProcess;
  beforeAll(async () => {
    program = await start({ args: ['--engine', 'sample', '--allow-host', HOST] });
    const { cert, key } = createCertificate();
    writeFileSync(join(folder, 'crt'), cert);
    writeFileSync(join(folder, 'key'), key);
    mkdirSync(join(folder, 'temp'));
    // The file itself, with places of this test.
    const server = CONF.replace('listen 443', `listen unix:${socketPath}`)
      .replace(/\S+\.crt;/, `${folder}/crt;`)
      .replace(/\S+\.key;/, `${folder}/key;`)
      .replace('127.0.0.1:4000', new URL(program.url).host);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/temp/${name};`,
    );
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${temporary.join(' ')} ${server} }`,
    );
    nginx = spawn('nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
    await vi.waitUntil(() => send('/healthz', 'GET').catch(() => false), { timeout: 10_000 });
  });
  afterAll(async () => {
    const ended = once(nginx, 'close');
    nginx.kill('SIGTERM');
    await Promise.all([ended, program.stop()]);
    rmSync(folder, { recursive: true });
  });

  async function send(path: string, method: string, body?: object, more: object = {}) {
    const headers = { host: HOST, 'content-type': 'application/json', ...more };
    const options = { socketPath, path, method, headers, rejectUnauthorized: false, agent: false };
    const request = https.request(options);
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  it('queries are answered, from pages of its own too', async () => {
    const query = { query: '{ images { totalCount } }' };
    const answer = await send('/graphql', 'POST', query, { origin: `https://${HOST}` });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(await text(answer)).toBe('{"data":{"images":{"totalCount":6}}}');
  });

  it('events arrive as they happen', async () => {
    const query = { query: 'subscription { imageEvents { action } }' };
    const answer = await send('/graphql', 'POST', query, { accept: 'text/event-stream' });
    // The first bytes of the stream, which has no event yet: nothing waits for more to fill a buffer.
    const [first] = (await once(answer, 'data')) as [Buffer];
    expect(first.toString()).toBe(':\n\n');
    answer.destroy();
  });

  it('metrics are not shown', async () => {
    expect((await send('/metrics', 'GET')).statusCode).toBe(404);
  });
});
