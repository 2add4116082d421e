import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled, runScript, startHive } from '../test/federation/processes.ts';
import { type Gateway, startWarm, UNCACHED } from './gateway.ts';
import { interleaved } from './load.ts';
import { ask, page, type Query, query } from './query.ts';
import { type Bar, digits, unmeasured } from './report.ts';

const EACH = { clients: 1, ms: 2_000, requests: 100 };
const SUBGRAPH = fileURLToPath(new URL('../subgraph.graphql', import.meta.url));
const PAGE = 'page of 20, cache off, p50, through Hive Gateway';
const BATCH = '100 representations of four kinds in one request, cache off, p50';

/** What a router in front of the gateway adds to its answers. There is no bar: it is the router's work. */
export async function benchFederation(engine: string, folder: string): Promise<readonly Bar[]> {
  if (!isInstalled()) return [unmeasured(PAGE, '', 'npm ci --prefix test/federation')];
  const gateway = await startWarm(engine, { ...UNCACHED, federation: true });
  try {
    const file = join(folder, 'federation.graphql');
    const composed = await runScript('compose.js', 'guild', `images=${SUBGRAPH}=${gateway.url}`);
    await writeFile(file, (composed as { supergraph: string }).supergraph);
    const hive = await startHive(file);
    try {
      return await compare(gateway, hive.url);
    } finally {
      await hive.stop();
    }
  } finally {
    await gateway.stop();
  }
}

async function compare(gateway: Gateway, hive: string): Promise<readonly Bar[]> {
  const entities = await hundredEntities(gateway.url);
  const questions = [
    [gateway.url, page(20)],
    [hive, page(20)],
    [gateway.url, entities],
  ] as const;
  const [direct = Number.NaN, routed = Number.NaN, batch = Number.NaN] = await interleaved(
    questions,
    EACH,
  );
  const figure = `${digits(routed)} ms, directly ${digits(direct)} ms`;
  return [
    { what: PAGE, figure, bar: '', met: null },
    { what: BATCH, figure: `${digits(batch)} ms`, bar: '', met: null },
  ];
}

/** Of four kinds, all of them found. */
async function hundredEntities(url: string): Promise<Query> {
  const { engine, images } = await ask<Listed>(url, query('keys'));
  const representations = images.nodes.flatMap(({ id, imageId, repoTags }) => [
    { __typename: 'ImageSummary', id },
    { __typename: 'ImageContent', digest: imageId },
    { __typename: 'ImageName', reference: repoTags[0]?.reference },
    { __typename: 'Engine', name: engine.name },
  ]);
  return query('entities', { representations: representations.slice(0, 100) });
}

interface Listed {
  readonly engine: { readonly name: string };
  readonly images: {
    readonly nodes: readonly {
      readonly id: string;
      readonly imageId: string;
      readonly repoTags: readonly { readonly reference: string }[];
    }[];
  };
}
