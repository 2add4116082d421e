import { engineList, tag, untag } from './engine.ts';
import { LIST, startEngineProxy } from '../test/support/engine-proxy.ts';
import { type Gateway, startWarm, UNCACHED } from './gateway.ts';
import { load } from './load.ts';
import { cpuOf, processesOfEngine } from './proc.ts';
import { ask, type PageData, query } from './query.ts';
import { atMost, type Bar, digits } from './report.ts';
import { percentile } from './statistics.ts';

const ROUNDS = 60;
/** Without a live index each look is a list: fewer rounds, and the figure says how many. */
const ALL_ROUNDS_MS = 60_000;
/** Between two changes, so that the engine's own work on the last one is over. */
const PAUSE_MS = 50;

/** How soon a change is seen, and what the engine has to do for it. */
export async function benchChanges(engine: string): Promise<readonly Bar[]> {
  const proxy = await startEngineProxy(engine);
  const gateway = await startWarm(proxy.url, UNCACHED);
  try {
    proxy.calls.length = 0;
    const followed = await changeOften(engine, gateway);
    const calls = proxy.calls.map(({ what }) => what);
    await gateway.stop();
    const alone = await changeOften(engine, null);
    const list = await cpuOfList(engine);
    return [visibility(followed.delays), refreshCost(followed, alone, list, calls)];
  } finally {
    await gateway.stop();
    await proxy.close();
  }
}

/** What changing names took: until each change was seen, and the engine's processor time. */
interface Changes {
  readonly delays: readonly number[];
  readonly cpuEach: number;
}

/** One name comes and goes, again and again; each change is awaited, where there is somebody to see it. */
async function changeOften(engine: string, gateway: Gateway | null): Promise<Changes> {
  const pids = await processesOfEngine(engine);
  const before = await cpuOf(pids);
  const start = performance.now();
  const delays: number[] = [];
  let changes = 0;
  for (let round = 0; round < ROUNDS && performance.now() - start < ALL_ROUNDS_MS; round++) {
    const name = await tag(engine, round);
    if (gateway) delays.push(await untilSeen(gateway, name, 1));
    await pause();
    await untag(engine, name);
    if (gateway) delays.push(await untilSeen(gateway, name, 0));
    await pause();
    changes += 2;
  }
  return { delays, cpuEach: ((await cpuOf(pids)) - before) / changes };
}

/** Milliseconds from the end of the change to the end of the first answer that has it. */
async function untilSeen(gateway: Gateway, reference: string, count: number): Promise<number> {
  const changed = performance.now();
  for (;;) {
    const { images } = await ask<PageData>(gateway.url, query('named', { reference }));
    const seen = performance.now() - changed;
    if (images.totalCount === count) return seen;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

async function cpuOfList(engine: string): Promise<number> {
  const pids = await processesOfEngine(engine);
  const before = await cpuOf(pids);
  await load(engineList(engine), { clients: 1, ms: 1, requests: 1 });
  return (await cpuOf(pids)) - before;
}

function visibility(delays: readonly number[]): Bar {
  const p50 = digits(percentile(delays, 50));
  const what = `a change of one image (docker tag, docker rmi) until it is seen, p99 of ${delays.length} (p50 ${p50} ms)`;
  return atMost(what, 100, ' ms', [percentile(delays, 99)]);
}

function refreshCost(
  followed: Changes,
  alone: Changes,
  list: number,
  calls: readonly string[],
): Bar {
  const extra = followed.cpuEach - alone.cpuEach;
  const lists = calls.filter((call) => call === LIST).length;
  const each = `${digits(extra)} ms beside ${digits(alone.cpuEach)} ms for the change itself`;
  const asked = `${calls.length} calls for ${followed.delays.length} changes, ${lists} of them full lists`;
  const what = `engine CPU to refresh after one change (${each}; ${asked}), of a full list's (${digits(list / 1_000)} s)`;
  return atMost(what, 1, ' %', [(100 * extra) / list]);
}
