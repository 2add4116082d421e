import { callEngine } from '../test/engines/api.ts';
import { loadMany } from '../test/engines/load-many.ts';
import { ask, startGateway } from './processes.ts';
import { median, type Row, seconds } from './report.ts';

const ROUNDS = 5;
const IMAGES = 1_000;

export const PAGE = `{ images(first: 1000) { totalCount nodes {
  imageId created size labels { key value } repoTags { reference } parent { imageId }
  repoDigests { reference manifests { digest kind platform { name } } }
  usedBy { nodes { name image { imageId } } } } } }`;

/**
 * What the first answer costs beside the one list that it is made of. Each round starts a new gateway,
 * so that nothing is warm, and lists the engine right before and after, because machines have moods.
 */
export async function benchFirstPage(): Promise<Row[]> {
  const engine = await loadMany(IMAGES);
  const list = (): Promise<number> =>
    timed(() => callEngine(engine, '/v1.51/images/json?all=1&manifests=1'));
  await list();
  const lists: number[] = [];
  const pages: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const gateway = await startGateway(engine);
    const before = await list();
    const page = await timed(async () => {
      const { images } = await ask(gateway.url, PAGE);
      if (images.nodes.length !== IMAGES) throw new Error(`${images.nodes.length} images`);
    });
    await gateway.stop();
    lists.push((before + (await list())) / 2);
    pages.push(page);
  }
  const ratios = pages.map((page, round) => page / (lists[round] as number));
  return [
    { what: "the engine's own list of 1,000 images", figure: seconds(median(lists)) },
    { what: 'the first page of 1,000 from the gateway', figure: seconds(median(pages)) },
    { what: 'ratio, median of 5 rounds (bar: 1.15)', figure: median(ratios).toFixed(2) },
  ];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
