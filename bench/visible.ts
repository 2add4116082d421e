import { setTimeout as sleep } from 'node:timers/promises';
import { findEngine, REGISTRY, type TestEngine } from '../test/engines/engine-list.ts';
import { importImage } from '../test/live/operations.ts';
import { removeAll } from '../test/live/removal.ts';
import { FIRST, type Step, visibleSteps } from '../test/live/visible-steps.ts';
import { untag } from './engine.ts';
import { startWarm, UNCACHED } from './gateway.ts';
import { ask, type PageData, query } from './query.ts';
import { atMost, type Bar, digits, unmeasured } from './report.ts';
import { percentile } from './statistics.ts';

const ROUNDS = 8;
/** Between two changes, so that the engine's own work on the last one is over; and after a round's removals. */
const PAUSE_MS = 50;
const REST_MS = 1_000;
const BASE = `live/${FIRST}:1`;
const WHAT =
  'a change of one image or container until it is seen, p99 over tag, rmi, build, push, pull, create, commit, rm';

/** How soon every kind of change is seen, by command and by API. Pulls need the registry of the tests. */
export async function benchVisible(url: string): Promise<readonly Bar[]> {
  const engine = await findEngine(url);
  if (engine === undefined || !(await hasRegistry())) {
    return [unmeasured(WHAT, '≤ 100 ms', 'no registry: bash test/engines/engines.sh up registry')];
  }
  await removeAll(engine);
  await importImage(engine, `live/${FIRST}`, 'visible');
  const gateway = await startWarm(url, UNCACHED);
  try {
    return [barOf(await takeRounds(engine, gateway.url))];
  } finally {
    await gateway.stop();
    await removeAll(engine);
  }
}

type Delays = Map<string, number[]>;

async function takeRounds(engine: TestEngine, url: string): Promise<Delays> {
  const delays: Delays = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [title, step] of Object.entries(visibleSteps(engine))) {
      delays.set(title, [...(delays.get(title) ?? []), await timeOf(step, url)]);
      await sleep(PAUSE_MS);
    }
    await forgetRound(engine);
  }
  return delays;
}

/** Milliseconds from the end of a change to the end of the first answer that shows it. */
async function timeOf(step: Step, url: string): Promise<number> {
  await step.run();
  const changed = performance.now();
  for (;;) {
    const isThere = await has(url, step.shown ?? step.gone ?? '');
    const seen = performance.now() - changed;
    if (isThere === (step.shown !== undefined)) return seen;
    if (seen > 30_000) throw new Error(`${step.shown ?? step.gone} is not seen`);
  }
}

/** Whether a name is there: one of a container has no colon. */
async function has(url: string, name: string): Promise<boolean> {
  if (name.includes(':')) {
    const { images } = await ask<PageData>(url, query('named', { reference: name }));
    return images.totalCount > 0;
  }
  const { images } = await ask<Users>(url, query('users', { reference: BASE }));
  return images.nodes.some(({ usedBy }) => usedBy.nodes.some((user) => user.name === name));
}

interface Users {
  readonly images: {
    readonly nodes: readonly { readonly usedBy: { readonly nodes: readonly { name: string }[] } }[];
  };
}

/** Every round starts with the first image alone: what it made goes, and the engine comes to rest. */
async function forgetRound(engine: TestEngine): Promise<void> {
  for (const { shown = '' } of Object.values(visibleSteps(engine))) {
    if (shown.includes(':')) await untag(engine.url, shown);
  }
  await sleep(REST_MS);
}

function barOf(delays: Delays): Bar {
  const all = [...delays.values()].flat();
  const slowest = [...delays].map(([title, times]) => `${title} ${digits(Math.max(...times))}`);
  const notes = `${all.length} of them, p50 ${digits(percentile(all, 50))} ms; the slowest of each, ms: ${slowest.join('; ')}`;
  return atMost(`${WHAT} (${notes})`, 100, ' ms', [percentile(all, 99)]);
}

async function hasRegistry(): Promise<boolean> {
  return fetch(`http://${REGISTRY}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
}
