import { engineList } from './engine.ts';
import { type EngineProxy, LIST, startEngineProxy } from '../test/support/engine-proxy.ts';
import { startGateway, startWarm, UNCACHED } from './gateway.ts';
import { graphql, load } from './load.ts';
import { ask, page, type PageData } from './query.ts';
import { atMost, type Bar, digits } from './report.ts';
import { median, medianRatio } from './statistics.ts';

const ROUNDS = 3;
const IMAGES = 1_000;
const EQUAL = 200;
const WARM = 1_000;
const WARM_MS = 20_000;
/** What a gateway looks at every few seconds, whether or not anybody asks it something. */
const UNASKED = new Set(['GET /_ping', 'HEAD /_ping', 'GET /info', 'GET /events']);

/** What the first answer costs, and how often the engine is asked. */
export async function benchCold(engine: string): Promise<readonly Bar[]> {
  const proxy = await startEngineProxy(engine);
  try {
    return [...(await firstPage(engine, proxy)), await warmCalls(proxy), await equalQueries(proxy)];
  } finally {
    await proxy.close();
  }
}

/**
 * What the first answer costs beside the one list that it is made of. Each round starts a new gateway,
 * so that nothing is warm, and lists the engine right before and after, because machines have moods.
 */
async function firstPage(engine: string, proxy: EngineProxy): Promise<readonly Bar[]> {
  const list = async () => (await load(engineList(engine), { clients: 1, ms: 1 })).p50;
  const around = [await list()];
  const pages: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    pages.push(await firstAnswer(proxy));
    around.push(await list());
  }
  const lists = pages.map(
    (_, round) => ((around[round] as number) + (around[round + 1] as number)) / 2,
  );
  const what = `the first page of 1,000 (${digits(median(pages) / 1_000)} s) against the engine's own list (${digits(median(lists) / 1_000)} s), median of ${ROUNDS} rounds`;
  return [atMost(what, 1.15, ' ×', [medianRatio(pages, lists)])];
}

async function firstAnswer(proxy: EngineProxy): Promise<number> {
  proxy.calls.length = 0;
  const gateway = await startGateway(proxy.url);
  const asked = performance.now();
  const { images } = await ask<PageData>(gateway.url, page(IMAGES));
  const answered = performance.now();
  await gateway.stop();
  if (images.nodes.length !== IMAGES) throw new Error(`${images.nodes.length} images`);
  // An index lists of its own accord: the time that it was ahead of the question counts too.
  const listed = proxy.calls.find(({ what }) => what === LIST)?.at ?? asked;
  return answered - Math.min(asked, listed);
}

async function warmCalls(proxy: EngineProxy): Promise<Bar> {
  const gateway = await startWarm(proxy.url, UNCACHED);
  proxy.calls.length = 0;
  const pressure = { clients: 16, ms: WARM_MS, requests: WARM };
  const { latencies } = await load(graphql(gateway.url, page(20)), pressure);
  const calls = proxy.calls.map(({ what: call }) => call);
  await gateway.stop();
  const caused = calls.filter((call) => !UNASKED.has(call));
  const unasked = `besides ${calls.length - caused.length} that it makes without being asked`;
  const what = `engine calls of ${latencies.length.toLocaleString('en')} warm queries, response cache off, ${unasked}`;
  return atMost(what, 0, '', [caused.length]);
}

async function equalQueries(proxy: EngineProxy): Promise<Bar> {
  proxy.calls.length = 0;
  const gateway = await startGateway(proxy.url);
  await load(graphql(gateway.url, page(20)), { clients: EQUAL, ms: 1_000, requests: EQUAL });
  await gateway.stop();
  const lists = proxy.calls.filter(({ what }) => what === LIST).length;
  return atMost(`lists for ${EQUAL} equal cold queries at once`, 1, '', [lists]);
}
