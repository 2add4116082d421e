import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { startEngine } from '../../src/start-engine.ts';
import { sendJson } from '../support/http-engine.ts';
import { EVERYTHING, type FaultEngine, startFaultEngine } from './fault-engine.ts';
import { frozen } from './broken-answers.ts';
import { codesOf, type Served, serve } from './served.ts';

const LIST = '{ images(first: 9) { nodes { imageId } unavailableEngines { name } } }';
const DOING = '{ engines { name status circuit } }';

const NOBODY = 65_534;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function startedEngine(images?: number): Promise<FaultEngine> {
  const engine = await startFaultEngine(images);
  open.push(engine.stop);
  return engine;
}

async function served(...given: Parameters<typeof serve>): Promise<Served> {
  const gateway = await serve(...given);
  open.push(gateway.close);
  return gateway;
}

describe.each(['live', 'off'] as const)('an engine that is gone, index %s', (index) => {
  it('F1 from the start: known at once, and found within 2 seconds', async () => {
    const engine = await startedEngine();
    await engine.stop();
    const gateway = await served({ e: engine.dial }, index);
    const { data } = await gateway.ask(DOING);
    expect(data.engines).toMatchObject([{ name: 'e', status: 'UNAVAILABLE' }]);
    expect(data.engines[0].circuit).toMatch(/OPEN/);
    const answer = await gateway.ask(LIST);
    expect(codesOf(answer)).toEqual(['ENGINE_UNAVAILABLE e']);
    expect(answer.data).toEqual({ images: null });
    expect(answer.ms).toBeLessThan(250);
    await engine.start();
    expect(await gateway.recovered(LIST)).toBeLessThan(2_000);
    expect((await gateway.ask(DOING)).data.engines).toEqual([
      { name: 'e', status: 'READY', circuit: 'CLOSED' },
    ]);
  });

  it('F2 and has left its socket behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'imagegraph-gone-'));
    open.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'engine.sock');
    const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', code]), 'exit');
    const gateway = await served({ e: () => net.connect(path) }, index);
    const answer = await gateway.ask(LIST);
    expect(codesOf(answer)).toEqual(['ENGINE_UNAVAILABLE e']);
    expect(JSON.stringify(answer)).not.toContain(folder);
    expect(answer.ms).toBeLessThan(250);
  });

  it('F4 restarted between two calls is an error for nobody', async () => {
    const engine = await startedEngine();
    const gateway = await served({ e: engine.dial }, index);
    const all = () => Promise.all(Array.from({ length: 8 }, () => gateway.ask(LIST)));
    await all();
    await engine.stop();
    await engine.start();
    for (const { errors } of await all()) expect(errors).toBeUndefined();
  });

  it('F5 frozen: answered in time, then at once, and found within 2 seconds', async () => {
    const engine = await startedEngine();
    const gateway = await served({ e: engine.dial }, index);
    expect(await gateway.recovered(LIST)).toBeLessThan(2_000);
    engine.fail(frozen, EVERYTHING);
    await expect
      .poll(async () => (await gateway.ask(DOING)).data.engines[0].status, { timeout: 12_000 })
      .toBe('UNAVAILABLE');
    const answer = await gateway.ask(LIST);
    expect(codesOf(answer)).toEqual(['ENGINE_TIMEOUT e']);
    expect(answer.ms).toBeLessThan(250);
    engine.fail(null);
    expect(await gateway.recovered(LIST)).toBeLessThan(2_000);
  });
});

describe('an engine whose socket may not be opened', () => {
  const root = process.geteuid?.() === 0;
  afterEach(() => void (root && process.seteuid?.(0)));

  it('F3 is ENGINE_FORBIDDEN, without a path, and the log says what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'imagegraph-shut-'));
    open.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'engine.sock');
    const server = net.createServer().listen(path);
    await once(server, 'listening');
    open.push(() => server.close());
    chmodSync(path, 0o000);
    // For root every socket is open.
    if (root) process.seteuid?.(NOBODY);
    const gateway = await served({ e: () => net.connect(path) });
    const answer = await gateway.ask(LIST);
    expect(codesOf(answer)).toEqual(['ENGINE_FORBIDDEN e']);
    expect(JSON.stringify(answer)).not.toContain(folder);

    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const endpoint = { kind: 'socket', path } as const;
    const own = { revealSecrets: false, sshEnvironment: {}, version: '0.0.0' };
    const engine = startEngine({ name: 'e', endpoint, log, ...own });
    open.push(engine.close);
    await engine.facts();
    expect(lines.join('')).toContain("add this process's user to the group of the socket");
  });
});

describe('F23 one of two engines', () => {
  it.each(['live', 'off'] as const)('is down: the other one is shown, index %s', async (index) => {
    const [one, other] = [await startedEngine(2), await startedEngine(2)];
    await other.stop();
    const gateway = await served({ one: one.dial, other: other.dial }, index);
    await gateway.recovered('{ images(engines: ["one"]) { nodes { imageId } } }');
    const answer = await gateway.ask(LIST);
    expect(codesOf(answer)).toEqual(['ENGINE_UNAVAILABLE other']);
    expect(answer.errors?.[0]?.path).toEqual(['images']);
    expect(answer.data.images.nodes).toHaveLength(2);
    expect(answer.data.images.unavailableEngines).toEqual([{ name: 'other' }]);
    expect(answer.ms).toBeLessThan(500);
  });

  it('answers with 503 only: the same, and no list is asked for twice', async () => {
    const [one, other] = [await startedEngine(2), await startedEngine(2)];
    const gateway = await served({ one: one.dial, other: other.dial });
    other.fail((_, response) => sendJson(response, {}, 503));
    const answer = await gateway.ask(LIST);
    expect(codesOf(answer)).toEqual(['ENGINE_UNAVAILABLE other']);
    expect(answer.data.images.nodes).toHaveLength(2);
    expect(one.calls.filter((path) => path.startsWith('/images/json'))).toHaveLength(1);
  });
});
