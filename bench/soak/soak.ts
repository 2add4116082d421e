import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeMany } from '../../test/engines/load-many.ts';
import { startChaosProxy } from '../../test/support/chaos-proxy.ts';
import { type Running, start, startEmbedded } from '../processes.ts';
import { ask } from '../query.ts';
import { inflictFaults } from './faults.ts';
import { startFaultyEngine } from './faulty-engine.ts';
import { growing, type Heap, snapshotArguments, takeHeap } from './heap.ts';
import { type Round, soakReport } from './soak-report.ts';
import { createTally, sendTraffic } from './traffic.ts';

/**
 * A gateway under random faults and a steady load, for ten minutes or as many as are asked for: npm run soak --
 * --minutes 60. Ends with 1 when it exits, does not answer, answers what it must not, or leaks.
 */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
const ROUNDS = 6;
const PER_SECOND = 50;
const IMAGES = 10_000;
/** For the gateway to remember as many events as it ever does: 8,191, of which it forgets the older half then. */
const WARM_UP_MS = 15_000;
/** For what was asked last to be over, and connections that nobody uses to be closed. */
const CALM_MS = 6_000;
/** A round's snapshot, and what is left of its time for the load at least. */
const [SNAPSHOT_MS, LEAST_MS] = [6_000, 5_000];
/** Until an engine that is well again is followed again, with all its images. */
const RECOVERY_MS = 30_000;

const folder = await mkdtemp(join(tmpdir(), 'imagegraph-soak-'));
const loadMs = Math.max((minutes * 60_000) / ROUNDS - CALM_MS - SNAPSHOT_MS, LEAST_MS);
const started = performance.now();
await writeMany(join(folder, 'many.tar'), IMAGES);
const many = await startEmbedded(join(folder, 'many.tar'), join(folder, 'many.sock'));
const faulty = await startFaultyEngine();
const networks = [
  await startChaosProxy({ engine: many.url }),
  await startChaosProxy({ engine: faulty.url }),
];
const [toMany, toFaulty] = networks.map(({ url }) => url);
const engines = [`many=${toMany}`, `faulty=${toFaulty}`, 'sample'].flatMap((one) => [
  '--engine',
  one,
]);
const gateway = await start(
  [
    ...snapshotArguments(folder),
    'dist/main.js',
    ...engines,
    '--port',
    '0',
    '--response-cache',
    '1',
  ],
  { quiet: true },
);
const tally = createTally();
const rounds: Round[] = [];
const heaps: Heap[] = [];
try {
  await untilWell(gateway);
  faulty.change();
  await delay(WARM_UP_MS);
  while (rounds.length < ROUNDS) rounds.push(await round());
} finally {
  const { text, isMet } = soakReport({
    rounds,
    tally,
    exits: gateway.process.exitCode === null && gateway.process.signalCode === null ? 0 : 1,
    growths: growing(heaps),
    minutes: (performance.now() - started) / 60_000,
  });
  process.stdout.write(`${text}\n`);
  process.exitCode = isMet && rounds.length === ROUNDS ? 0 : 1;
  await gateway.stop();
  await Promise.all([...networks, faulty].map((one) => one.close()));
  await many.stop();
  await rm(folder, { recursive: true });
}

/** Load and faults, then calm, then a look at the heap. */
async function round(): Promise<Round> {
  const signal = AbortSignal.timeout(loadMs);
  const before = tally.sent;
  const [faults] = await Promise.all([
    inflictFaults(networks, faulty, signal),
    sendTraffic(gateway, PER_SECOND, tally, signal),
  ]);
  const recoveryMs = await untilWell(gateway);
  await delay(CALM_MS);
  const { now, peak } = await gateway.memory();
  const heap = await takeHeap(gateway.pid, folder, () => untilWell(gateway));
  heaps.push(heap);
  return { requests: tally.sent - before, faults, recoveryMs, heap, rss: now, peak };
}

interface Engines {
  readonly engines: readonly { readonly name: string; readonly index: { readonly mode: string } }[];
}

/** Waits until every engine is followed. @returns how long it took, Infinity when it took too long */
async function untilWell({ url }: Running): Promise<number> {
  const query = '{ engines { name status circuit index { mode } } }';
  const since = performance.now();
  for (let passed = 0; ; passed = performance.now() - since) {
    const { engines: all } = await ask<Engines>(url, { query });
    const ill = all.filter(({ index }) => index.mode !== 'LIVE');
    if (ill.length === 0) return passed;
    if (passed > RECOVERY_MS) {
      process.stderr.write(`soak: not followed again: ${JSON.stringify(ill)}\n`);
      return Infinity;
    }
    await delay(100);
  }
}
