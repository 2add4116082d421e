import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { startEngine } from '../../src/start-engine.ts';
import { sendJson } from '../support/http-engine.ts';
import { idOf } from '../support/stand-in-engine.ts';
import { EVERYTHING, type FaultEngine, INSPECTS, LISTS, startFaultEngine } from './fault-engine.ts';
import { frozen } from './broken-answers.ts';
import { codesOf, type Served, serve } from './served.ts';

const LIST = '{ images(first: 9) { nodes { imageId } unavailableEngines { name } } }';
const DOING = '{ engines { name status circuit } }';

const DETAIL = 'query ($id: ImageReference!) { image(reference: $id) { config { user } } }';

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

  it('F4 connections that die as they are used again are an error for nobody', async () => {
    const engine = await startedEngine(8);
    const gateway = await served({ e: engine.dial }, index);
    const inspect = (at: number) => gateway.ask(DETAIL, { id: idOf(at) });
    const kept = new Set<net.Socket>();
    engine.fail((request, _, sound) => {
      kept.add(request.socket);
      // For each to have a connection of its own.
      setTimeout(sound, 100);
    }, INSPECTS);
    await Promise.all([1, 2, 3, 4].map(inspect));
    let died = 0;
    engine.fail(({ socket }, _, sound) => {
      if (!kept.has(socket)) return sound();
      died++;
      socket.destroy();
    }, INSPECTS);
    const answers = await Promise.all([5, 6, 7, 8].map(inspect));
    for (const { errors } of answers) expect(errors).toBeUndefined();
    expect(died).toBeGreaterThan(1);
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

describe('F5 lists that are lost, by an engine that answers everything else', () => {
  const WHOLE = /^\/(images|containers)\/json/;
  const STATE = '{ engines { index { mode generation } } }';

  it('do not keep the index from following: they are sent once more', async () => {
    const engine = await startedEngine();
    const gateway = await served({ e: engine.dial }, 'live');
    const state = async () => (await gateway.ask(STATE)).data.engines[0].index;
    await expect.poll(async () => (await state()).mode).toBe('LIVE');
    await engine.stop();
    engine.fail(frozen, WHOLE);
    await engine.start();
    await expect.poll(() => engine.underWay(LISTS), { timeout: 5_000 }).toBe(1);
    expect((await state()).mode).toBe('SYNCING');
    engine.fail(null);
    const backAt = performance.now();
    await expect
      .poll(async () => (await state()).mode, { timeout: 10_000, interval: 20 })
      .toBe('LIVE');
    expect(performance.now() - backAt).toBeLessThan(2_000);
    expect(engine.underWay(WHOLE)).toBe(0);
  });

  it('keep nobody waiting who is answered by a list of their own', async () => {
    const engine = await startedEngine();
    const gateway = await served({ e: engine.dial }, 'off');
    expect(codesOf(await gateway.ask(LIST))).toEqual([]);
    engine.fail(frozen, WHOLE);
    const answer = gateway.ask(LIST);
    await expect.poll(() => engine.underWay(LISTS)).toBe(1);
    engine.fail(null);
    expect(codesOf(await answer)).toEqual([]);
    expect((await answer).ms).toBeLessThan(2_000);
  });
});

describe('F5 frozen for a moment, with eight calls under way', () => {
  it.each([1_500, 2_500, 3_500])(
    'for %d ms: details that nobody has asked for before are found within 2 seconds',
    async (ms) => {
      const engine = await startedEngine(500);
      const gateway = await served({ e: engine.dial });
      let image = 0;
      const ask = () => gateway.ask(DETAIL, { id: idOf(++image) });
      engine.fail(frozen, INSPECTS);
      const underWay = Promise.all(Array.from({ length: 8 }, ask));
      await expect.poll(() => engine.underWay(INSPECTS)).toBe(8);
      engine.fail(frozen, EVERYTHING);
      await delay(ms);
      engine.fail(null);
      const backAt = performance.now();
      const outcomes: { readonly at: number; readonly codes: readonly string[] }[] = [];
      while (performance.now() - backAt < 7_000) {
        const codes = codesOf(await ask());
        outcomes.push({ at: performance.now() - backAt, codes });
        await delay(20);
      }
      const isGood = ({ codes }: (typeof outcomes)[number]) => codes.length === 0;
      expect(outcomes.find(isGood)?.at).toBeLessThan(2_000);
      // A circuit that opens once the calls from before have failed would close the rest off.
      expect(outcomes.filter((outcome) => outcome.at > 2_000 && !isGood(outcome))).toEqual([]);
      expect((await underWay).flatMap(codesOf)).toEqual(Array(8).fill('ENGINE_TIMEOUT e'));
    },
  );
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
