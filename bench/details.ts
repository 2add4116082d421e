import { join } from 'node:path';
import { Agent } from 'node:http';
import { callEngine } from '../test/engines/api.ts';
import { writeMany } from '../test/engines/load-many.ts';
import { onOneBase } from '../test/engines/many-images.ts';
import { startEngineProxy } from '../test/support/engine-proxy.ts';
import { startWarm, UNCACHED } from './gateway.ts';
import { graphql, load } from './load.ts';
import { startEmbedded } from './processes.ts';
import { ask, askUntilWhole, type PageData, query } from './query.ts';
import { atMost, type Bar, digits } from './report.ts';
import { median, medianRatio } from './statistics.ts';

const ROUNDS = 3;
const IMAGES = 1_000;
const MANY = 10_000;
/** As many as the gateway has at once. */
const PARALLEL = 8;
const DETAILS = query('details', { first: IMAGES });

/** What is asked of images one by one: inspects of a whole page, and what follows from all layers. */
export async function benchDetails(engine: string, folder: string): Promise<readonly Bar[]> {
  return [...(await benchInspects(engine)), await benchDerived(folder)];
}

/** A page of 1,000 with configuration and layers, cold, beside a plain client, by turns. */
async function benchInspects(engine: string): Promise<readonly Bar[]> {
  const proxy = await startEngineProxy(engine);
  const [ours, plain, warmCalls]: [number[], number[], number[]] = [[], [], []];
  try {
    const ids = await idsOf(engine);
    for (let round = 0; round < ROUNDS; round++) {
      plain.push(await inspectAll(proxy.url, ids));
      const gateway = await startWarm(proxy.url, UNCACHED);
      const start = performance.now();
      const { images } = await askUntilWhole<PageData>(gateway.url, DETAILS);
      ours.push(performance.now() - start);
      if (images.nodes.length !== ids.length) throw new Error(`${images.nodes.length} images`);
      proxy.calls.length = 0;
      await ask<PageData>(gateway.url, DETAILS);
      warmCalls.push(proxy.calls.filter(({ what }) => what.includes('/images/')).length);
      await gateway.stop();
    }
  } finally {
    await proxy.close();
  }
  const what = `config and layers of 1,000 images, cold (${digits(median(ours) / 1_000)} s), against the same inspects by a plain client, ${PARALLEL} at a time (${digits(median(plain) / 1_000)} s), median of ${ROUNDS} rounds`;
  return [
    atMost(what, 1.1, ' ×', [medianRatio(ours, plain)]),
    atMost('engine calls for the same page again', 0, '', [Math.max(...warmCalls)]),
  ];
}

async function idsOf(engine: string): Promise<readonly string[]> {
  const { body } = await callEngine(engine, '/v1.51/images/json');
  return (JSON.parse(body) as { Id: string }[]).map(({ Id }) => Id).slice(0, IMAGES);
}

/** Milliseconds that a client takes which does nothing but read the answers. */
async function inspectAll(url: string, ids: readonly string[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
  const left = ids.map((id) => `/v1.51/images/${id}/json?manifests=1`);
  const start = performance.now();
  const client = async (): Promise<void> => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      const { status, body } = await callEngine(url, path, { agent });
      if (status !== 200) throw new Error(body);
      JSON.parse(body);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, client));
  agent.destroy();
  return performance.now() - start;
}

async function benchDerived(folder: string): Promise<Bar> {
  const archive = join(folder, 'one-base.tar');
  await writeMany(archive, MANY, onOneBase(MANY));
  const embedded = await startEmbedded(archive, join(folder, 'one-base.sock'));
  const gateway = await startWarm(embedded.url, UNCACHED);
  try {
    const derived = query('derived', { reference: 'many/base:1' });
    const start = performance.now();
    await askUntilWhole(gateway.url, derived);
    const cold = (performance.now() - start) / 1_000;
    const { p50 } = await load(graphql(gateway.url, derived), {
      clients: 1,
      ms: 5_000,
      requests: 200,
    });
    const what = `derivedImages of a base with 10,000 images on it, first 20, warm, p50 (all layers were read in ${digits(cold)} s)`;
    return atMost(what, 20, ' ms', [p50]);
  } finally {
    await gateway.stop();
    await embedded.stop();
  }
}
