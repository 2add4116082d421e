import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES, routeOf } from '../../src/engine/allowed-paths.ts';
import { parseReference } from '../../src/engine/reference.ts';
import { configOf } from '../config/config-inputs.ts';
import { start } from '../main/program.ts';
import { COMPOSE, METHODS, passes } from './compose-file.ts';
import { anyTarget, FORBIDDEN, ID, pathsOf } from './proxy-paths.ts';

const { imagegraph, 'socket-proxy': proxy } = COMPOSE.services;
const withoutVersion = (path: string) => path.replace(/^\/v1\.\d\d?(?=\/)/, '');

describe('compose.yaml lets the proxy pass', () => {
  it.each(ROUTES)('%s, as the gateway asks it', (route) => {
    for (const path of pathsOf(route)) {
      expect(routeOf('GET', path)).toBe(route);
      for (const version of ['', '/v1.24', '/v1.51']) {
        expect([path, passes('GET', `${version}${path}?all=1`)]).toEqual([path, true]);
      }
    }
  });

  it('every name that the gateway takes', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,6}([._-][a-z0-9]{1,6})?$/);
    const host = fc.constantFrom('', 'ghcr.io/', 'localhost:5000/', 'Registry/', 'a-b.example:1/');
    const rest = fc.constantFrom('', ':1', ':_x', ':V1.2-3', `@sha256:${ID}`, `:1@sha256:${ID}`);
    const name = fc
      .tuple(host, fc.array(word, { minLength: 1, maxLength: 4 }), rest)
      .map(([domain, path, suffix]) => `${domain}${path.join('/')}${suffix}`);
    fc.assert(
      fc.property(name, (reference) => {
        fc.pre(parseReference(reference) !== null);
        expect(passes('GET', `/v1.51/images/${reference}/json`)).toBe(true);
        expect(passes('GET', `/v1.51/distribution/${reference}/json`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('GET, and HEAD for a ping, and no other method', () => {
    expect(METHODS.sort()).toEqual(['GET', 'HEAD']);
    expect(passes('HEAD', '/_ping')).toBe(true);
    expect(passes('HEAD', '/v1.51/images/json')).toBe(false);
  });

  it('nothing that the gateway itself would not send', () => {
    let passed = 0;
    fc.assert(
      fc.property(anyTarget, (path) => {
        if (!passes('GET', path)) return;
        passed++;
        expect([path, routeOf('GET', withoutVersion(decodeURIComponent(path)))]).not.toContain(
          null,
        );
      }),
      { numRuns: 100_000 },
    );
    expect(passed).toBeGreaterThan(50);
  });

  it.each(FORBIDDEN)('not GET %s', (path) => {
    expect(passes('GET', path)).toBe(false);
    expect(passes('GET', `/v1.51${path}`)).toBe(false);
  });
});

describe('compose.yaml', () => {
  it.each(Object.entries(COMPOSE.services))('gives %s no more than it needs', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.privileged).toBeUndefined();
    expect(service.mem_limit).toMatch(/^\d+m$/);
  });

  it('gives the socket to the proxy alone, which nobody but the gateway reaches', () => {
    expect(imagegraph.volumes).toBeUndefined();
    expect(proxy.volumes).toEqual(['/var/run/docker.sock:/var/run/docker.sock:ro']);
    expect(proxy.ports).toBeUndefined();
    expect(proxy.networks).toEqual(['engine']);
    expect(proxy.command).toContain('-allowfrom=imagegraph');
    expect(COMPOSE.networks['engine']).toEqual({ internal: true });
    expect(proxy.user).toMatch(/^65534:/);
    expect(proxy.image).toMatch(/:\d+\.\d+\.\d+$/);
  });

  it('publishes the gateway on this machine only', () => {
    expect(imagegraph.ports).toEqual(['127.0.0.1:4000:4000']);
  });

  it('configures the gateway', () => {
    const env = { IMAGEGRAPH_HOST: '0.0.0.0', ...imagegraph.environment };
    const [secret = ''] = imagegraph.secrets ?? [];
    expect(COMPOSE.secrets[secret]).toEqual({ file: './imagegraph-token' });
    const files = { [`/run/secrets/${secret}`]: `${'0'.repeat(64)}\n` };
    expect(configOf({ env, files })).toMatchObject({
      engines: [{ name: 'docker', endpoint: { kind: 'tcp', host: 'socket-proxy', port: 2375 } }],
      address: { host: '0.0.0.0', port: 4000 },
      allowHosts: ['imagegraph:4000'],
    });
  });
});

describe('through what the proxy passes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imagegraph-compose-'));
  const socketPath = join(folder, 'engine.sock');
  const refused: string[] = [];
  let engine: ChildProcess;
  const standIn = http.createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    if (!passes(method, url)) {
      refused.push(`${method} ${url}`);
      response.writeHead(403).end('Forbidden');
      return;
    }
    const onward = http.request({ socketPath, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      answer.pipe(response);
    });
    response.once('close', () => onward.destroy());
    onward.on('error', () => response.destroy()).end();
  });
  beforeAll(async () => {
    const main = new URL('../../dist/embedded/main.js', import.meta.url).pathname;
    engine = spawn(process.execPath, [main, 'sample', socketPath]);
    await once(engine.stdout as NodeJS.ReadableStream, 'data');
    standIn.listen(0, '127.0.0.1');
    await once(standIn, 'listening');
  });
  afterAll(async () => {
    standIn.close();
    standIn.closeAllConnections();
    const ended = once(engine, 'close');
    engine.kill();
    await ended;
    rmSync(folder, { recursive: true });
  });

  it('the gateway follows an engine and answers everything', async () => {
    const { port } = standIn.address() as AddressInfo;
    const program = await start({ args: ['--engine', `e=tcp://127.0.0.1:${port}`] });
    const mode = async () =>
      (await program.ask('{ engine { index { mode } } }')).data.engine.index.mode;
    await expect.poll(mode).toBe('LIVE');
    const { data, errors } = await program.ask(
      `{ images { nodes { config { user } history { createdBy } sharedSize
           usedBy { totalCount } manifests { config { user } } } }
         engine { imageDiskUsage { totalSize } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.images.nodes).toHaveLength(6);
    expect(refused).toEqual([]);
    await program.stop();
  });
});
