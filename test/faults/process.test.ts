import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Program, type ProgramOptions, start } from '../main/program.ts';
import { machinePace } from '../support/machine-pace.ts';
import { LISTS, startFaultEngine } from './fault-engine.ts';
import { manyRows } from './many-rows.ts';

const PROBE = `--import ${fileURLToPath(new URL('probe.mjs', import.meta.url))}`;
const PAGE = '{ images(first: 50) { totalCount nodes { imageId repoTags { reference } size } } }';

/** Milliseconds of work where the machine has pace 1: 300 are promised, and a collection of the heap may come on top. */
const LONGEST_STALL = 600;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function started(options: ProgramOptions, images = 3) {
  const engine = await startFaultEngine();
  open.push(engine.stop);
  if (images > 3) engine.fail(manyRows(images), LISTS);
  const args = ['--engine', `e=${engine.url}`, ...(options.args ?? [])];
  const program = await start({ ...options, args });
  open.push(program.stop);
  return { engine, program };
}

/** What a program with the probe went through since it was last asked. */
async function probed({ child, stderr }: Program): Promise<{ stallMs: number; rssMb: number }> {
  const before = stderr().length;
  child.kill('SIGUSR2');
  await expect.poll(() => stderr().slice(before)).toMatch(/probe .*\n/);
  return JSON.parse(/probe (.*)\n/.exec(stderr().slice(before))?.[1] ?? '');
}

/** Waits until a page comes without an error. @returns the answer */
async function answered(program: Program, query = PAGE): Promise<any> {
  await expect
    .poll(async () => (await program.ask(query)).errors, { timeout: 20_000 })
    .toBeUndefined();
  return program.ask(query);
}

describe('F21 a big store', () => {
  it('of 10,000 images: a page at once', async () => {
    const { program } = await started({ env: { NODE_OPTIONS: PROBE } }, 10_000);
    await probed(program);
    expect((await answered(program)).data.images.totalCount).toBe(10_000);
    const startedAt = performance.now();
    for (let times = 0; times < 20; times++) await program.ask(PAGE);
    expect((performance.now() - startedAt) / 20).toBeLessThan(500);
    const { stallMs, rssMb } = await probed(program);
    expect(stallMs).toBeLessThan(LONGEST_STALL * machinePace());
    expect(rssMb).toBeLessThan(512);
  });

  it(
    'of 100,000 images: the index is off, and one list serves 20 clients',
    { timeout: 90_000 },
    async () => {
      const { program, engine } = await started({ env: { NODE_OPTIONS: PROBE } }, 100_000);
      await probed(program);
      expect((await answered(program)).data.images.totalCount).toBe(100_000);
      const { data } = await program.ask('{ engine { index { mode } } }');
      expect(data.engine.index.mode).toBe('OFF');
      const lists = engine.calls.length;
      const answers = await Promise.all(Array.from({ length: 20 }, () => program.ask(PAGE)));
      for (const answer of answers) expect(answer.data.images.totalCount).toBe(100_000);
      expect(engine.calls.length - lists).toBeLessThanOrEqual(3);
      const { stallMs, rssMb } = await probed(program);
      expect(stallMs).toBeLessThan(LONGEST_STALL * machinePace());
      expect(rssMb).toBeLessThan(512);
    },
  );
});

describe('the process', () => {
  it.skipIf(process.platform !== 'linux')(
    'F37 out of file handles goes on, and recovers',
    async () => {
      const { engine, program } = await started({ args: ['--index', 'off'] });
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      open.push(() => agent.destroy());
      const ask = () => askOver(agent, program.url);
      expect((await ask()).errors).toBeUndefined();
      // As ulimit -n, but once it runs: Node opens more files than that to load a program, and has all below open.
      const allow = (handles: number) =>
        execFileSync('prlimit', [`--pid=${program.child.pid}`, `--nofile=${handles}:1024`]);
      allow(10);
      await engine.stop();
      await engine.start();
      await expect
        .poll(async () => (await ask()).errors?.[0].extensions.code, { timeout: 10_000 })
        .toBe('ENGINE_UNAVAILABLE');
      allow(1_024);
      await expect.poll(async () => (await ask()).errors, { timeout: 5_000 }).toBeUndefined();
      expect([program.child.exitCode, program.child.signalCode]).toEqual([null, null]);
    },
  );

  it('F38 with 256 MB of heap serves 10,000 images', async () => {
    const env = { NODE_OPTIONS: '--max-old-space-size=256' };
    const { program } = await started({ env }, 10_000);
    await answered(program);
    const page = (last: number) =>
      `{ images(last: ${last}) { nodes { imageId labels { key value } repoTags { reference } history { createdBy } } } }`;
    for (let round = 0; round < 10; round++) {
      const sizes = [200, 210, 220, 230].map((size) => size + round);
      const answers = await Promise.all(sizes.map((size) => program.ask(page(size))));
      answers.forEach(({ data }, at) => expect(data.images.nodes).toHaveLength(sizes[at] ?? 0));
    }
    expect([program.child.exitCode, program.child.signalCode]).toEqual([null, null]);
  });
});

function askOver(agent: http.Agent, url: string): Promise<any> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject);
    request.end(JSON.stringify({ query: PAGE }));
  });
}
