import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROUTES } from '../../src/engine/allowed-paths.ts';
import { COMPOSE, passes } from './compose-file.ts';
import { anyTarget, FORBIDDEN, ID, pathsOf } from './proxy-paths.ts';

/** The program itself is in no package: it runs where somebody has built it (docs/operations.md). */
const PROGRAM = process.env['IMAGEGRAPH_TEST_SOCKET_PROXY'];
/** Where it listens, and to whom, is not what is shown here. */
const OPTIONS = (COMPOSE.services['socket-proxy'].command ?? []).filter(
  (word) => !/^-(listenip|allowfrom)=/.test(word),
);

describe.skipIf(PROGRAM === undefined)(
  'the real socket-proxy with the options of compose.yaml',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'imagegraph-proxy-'));
    const [behind, socketPath] = [join(folder, 'engine.sock'), join(folder, 'proxy.sock')];
    const reached: string[] = [];
    const engine = http.createServer(({ method, url }, response) => {
      reached.push(`${method} ${url}`);
      response.end('{}');
    });
    let proxy: ChildProcess;
    beforeAll(async () => {
      engine.listen(behind);
      await once(engine, 'listening');
      const own = [`-socketpath=${behind}`, `-proxysocketendpoint=${socketPath}`];
      proxy = spawn(PROGRAM as string, [...OPTIONS, ...own], { stdio: 'ignore' });
      await vi.waitUntil(() => existsSync(socketPath), 10_000);
    });
    afterAll(async () => {
      const ended = once(proxy, 'close');
      proxy.kill();
      await ended;
      engine.close();
      rmSync(folder, { recursive: true });
    });

    async function isPassed(method: string, path: string): Promise<boolean> {
      reached.length = 0;
      const request = http.request({ socketPath, method, path }).end();
      const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
      answer.resume();
      if (answer.statusCode !== 200) expect([400, 403, 405]).toContain(answer.statusCode);
      expect(reached).toHaveLength(answer.statusCode === 200 ? 1 : 0);
      return answer.statusCode === 200;
    }

    it.each(ROUTES)('passes %s', async (route) => {
      for (const path of pathsOf(route)) {
        expect([path, await isPassed('GET', `/v1.51${path}?all=1`)]).toEqual([path, true]);
      }
    });

    it.each(FORBIDDEN)('refuses GET %s', async (path) => {
      expect(await isPassed('GET', path)).toBe(false);
      expect(await isPassed('GET', `/v1.51${path}`)).toBe(false);
    });

    it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'HEAD'])(
      'refuses %s',
      async (method) => {
        for (const path of [
          '/v1.51/images/json',
          '/v1.51/containers/create',
          `/v1.51/images/${ID}`,
        ]) {
          expect(await isPassed(method, path)).toBe(false);
        }
        expect(await isPassed(method, '/_ping')).toBe(method === 'HEAD');
      },
    );

    it('refuses and passes as the other tests say that it does', async () => {
      const target = anyTarget.filter((path) => !/[ \n]/.test(path));
      await fc.assert(
        fc.asyncProperty(target, async (path) => {
          expect([path, await isPassed('GET', path)]).toEqual([path, passes('GET', path)]);
        }),
        { numRuns: 5_000 },
      );
    });
  },
);
