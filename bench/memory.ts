import { startGateway, startWarm } from './gateway.ts';
import { graphql, load } from './load.ts';
import { meanwhile } from './meanwhile.ts';
import { ask, page, type PageData } from './query.ts';
import { atMost, type Bar, unmeasured } from './report.ts';
import { hasImageEvents, subscribe } from './subscribers.ts';

const IMAGES = 10_000;
const PAGES = 10;
const SUBSCRIBERS = 100;
const MOST_MIB = 256;

/** What the gateway's process holds while it answers from an engine of 10,000 images in another process. */
export async function benchMemory(engine: string): Promise<readonly Bar[]> {
  return [...(await pages(engine)), await withSubscribers(engine)];
}

async function pages(engine: string): Promise<readonly Bar[]> {
  const gateway = await startGateway(engine);
  try {
    const ask1000 = async (): Promise<number> => {
      const { images } = await ask<PageData>(gateway.url, page(1_000));
      if (images.totalCount !== IMAGES) throw new Error(`${images.totalCount} images`);
      return (await gateway.memory()).peak;
    };
    const first = await ask1000();
    let last = first;
    for (let more = 1; more < PAGES; more++) last = await ask1000();
    return [
      atMost('peak memory, first page of 1,000 from 10,000 images', MOST_MIB, ' MiB', [first]),
      {
        what: `peak memory after ${PAGES} such pages`,
        figure: `${last.toFixed(0)} MiB`,
        bar: '',
        met: null,
      },
    ];
  } finally {
    await gateway.stop();
  }
}

async function withSubscribers(engine: string): Promise<Bar> {
  const what = `RSS, 10,000 images, ${SUBSCRIBERS} subscribers, pages of 20 and 1,000 being served`;
  const gateway = await startWarm(engine);
  try {
    if (!(await hasImageEvents(gateway.url))) {
      return unmeasured(what, `≤ ${MOST_MIB} MB`, 'no imageEvents in the schema');
    }
    const subscribers = await subscribe(gateway.url, SUBSCRIBERS);
    const highest = await whileServing(gateway.url, async () => (await gateway.memory()).now);
    const ended = subscribers.close();
    if (ended > 0) return unmeasured(what, `≤ ${MOST_MIB} MB`, `${ended} subscriptions ended`);
    return atMost(what, MOST_MIB, ' MB', [(highest * 2 ** 20) / 1e6]);
  } finally {
    await gateway.stop();
  }
}

/** The highest of what was looked at, time and again, while pages are asked for. */
async function whileServing(url: string, look: () => Promise<number>): Promise<number> {
  let highest = 0;
  await meanwhile(serve(url), 50, async () => {
    highest = Math.max(highest, await look());
  });
  return highest;
}

async function serve(url: string): Promise<void> {
  await load(graphql(url, page(20)), { clients: 4, ms: 2_000, requests: 200 });
  await load(graphql(url, page(1_000)), { clients: 2, ms: 3_000, requests: 50 });
}
