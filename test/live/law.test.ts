import net from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { ImageIndex } from '../../src/image-index/image-index.ts';
import { createLiveIndex } from '../../src/image-index/live/live-index.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { connectTo } from '../support/gateway.ts';
import { type EngineProxy, startEngineProxy } from './engine-proxy.ts';
import { importImage, OPERATIONS, removeAll } from './operations.ts';
import { expectAgreement, untilNamed } from './agreement.ts';

/** IMAGEGRAPH_LAW_SEED replays a run; the seed of a failed one is printed. */
const SEED = Number(process.env['IMAGEGRAPH_LAW_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env['IMAGEGRAPH_LAW_RUNS'] ?? 3);
const CLIENTS = 3;
/** docs/freshness.md: the containerd store unpacks an image after it has announced it. */
const SIZES_MS = 2_000;
const FULL_LIST = /^GET \/images\/json/;

const part = fc.integer({ min: 0, max: 4 }).map((number) => `n${number}`);
const steps = fc.array(
  fc.record({
    client: fc.integer({ min: 0, max: CLIENTS - 1 }),
    name: fc.constantFrom(...Object.keys(OPERATIONS)),
    one: part,
    other: part,
  }),
  { minLength: 12, maxLength: 30 },
);
type Steps = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

const subjects = await findRealEngines();

describe.each(subjects)('the index of $name', (subject: TestEngine) => {
  let proxy: EngineProxy;
  let engine: Engine;
  let direct: Engine;
  let index: ImageIndex;
  let round = 0;

  beforeAll(async () => {
    await removeAll(subject);
    proxy = await startEngineProxy(subject.url);
    engine = connectTo(subject.name, proxy.dial);
    direct = connectTo(subject.name, () => net.connect(subject.url.slice('unix://'.length)));
    index = createLiveIndex({ engine, timers: false });
    await index.read(AbortSignal.timeout(20_000)).images();
    await vi.waitUntil(() => index.version() !== null, { timeout: 10_000 });
  });
  afterAll(async () => {
    index.close();
    direct.close();
    await proxy.close();
    await removeAll(subject);
  });

  async function perform(sequence: Steps): Promise<void> {
    await importImage(subject, 'live/n0', `base ${round}`);
    await importImage(subject, 'live/base', 'base');
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (const { name, one, other } of sequence.filter((step) => step.client === client)) {
        await OPERATIONS[name]?.(subject, one, other);
      }
    });
    await Promise.all(clients);
  }

  /** An event that comes after all others: once it is seen, they are. */
  async function settle(): Promise<void> {
    const sentinel = `sentinel-${++round}`;
    await OPERATIONS['tag']?.(subject, 'base', sentinel);
    await untilNamed(index, sentinel);
  }

  function law(title: string, run: (sequence: Steps) => Promise<void>, runs = RUNS): void {
    it(title, { timeout: 600_000 }, async () => {
      const property = fc.asyncProperty(steps, run);
      await fc.assert(property, { seed: SEED, numRuns: runs, endOnFailure: true });
    });
  }

  law('is what a full read gives, after any sequence of changes', async (sequence) => {
    proxy.calls.splice(0);
    await perform(sequence);
    await settle();
    await expectAgreement(index, direct, SIZES_MS);
    if (subject.store === 'CONTAINERD') {
      expect(proxy.calls.filter((call) => FULL_LIST.test(call))).toEqual([]);
    }
  });

  law('is so when the stream of events is cut in the middle', async (sequence) => {
    const done = perform(sequence);
    setTimeout(() => proxy.cutEvents(), 300);
    await done;
    await settle();
    await expectAgreement(index, direct, SIZES_MS);
  });

  law(
    'is so when more events were missed than an engine remembers',
    async (sequence) => {
      proxy.cutEvents(true);
      await perform(sequence);
      for (let count = 0; count < 150; count++) {
        await OPERATIONS['tag']?.(subject, 'n0', 'many');
        await OPERATIONS['untag']?.(subject, 'many', '');
      }
      proxy.mend();
      await settle();
      await expectAgreement(index, direct, SIZES_MS);
    },
    1,
  );
});
