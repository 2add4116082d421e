import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { callEngine } from '../engines/api.ts';
import { findEngine, type TestEngine } from '../engines/engine-list.ts';
import { writeMany } from '../engines/load-many.ts';
import { ask, type Program, start } from '../main/program.ts';
import { readEvents } from '../support/event-stream.ts';
import { isInstalled, runScript, type Server, startHive, startScript } from './processes.ts';

const SUBGRAPH = fileURLToPath(new URL('../../subgraph.graphql', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../samples/layout', import.meta.url));
const INSTALLED = isInstalled();
const NOBODY = 'http://127.0.0.1:1/';

interface Composed {
  readonly errors: readonly string[];
  readonly supergraph: string | null;
}

/** Composes us and the other subgraph. @param ours @param theirs where they answer */
function compose(composer: string, ours: string, theirs: string): Promise<Composed> {
  const subgraphs = [`images=${SUBGRAPH}=${ours}`, `deployments=deployments.graphql=${theirs}`];
  return runScript('compose.js', composer, ...subgraphs) as Promise<Composed>;
}

const folder = mkdtempSync(join(tmpdir(), 'imagegraph-federation-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(INSTALLED)('composition', () => {
  it.each(['apollo', 'guild', 'cosmo'])(
    'by %s, beside types of the same names',
    async (composer) => {
      const { errors } = await compose(composer, NOBODY, NOBODY);
      expect(errors).toEqual([]);
    },
  );
});

/** Real ones where they are up, the second of them with 1,000 images; and as many on disk. */
const REAL = ['docker-28-containerd', 'docker-28-bench'];
const named = await Promise.all(REAL.map((name) => findEngine(name).catch(() => undefined)));
const known = named.flatMap((engine) => engine ?? []);
const answering = await Promise.all(known.map(isUp));
const real = known.filter((_, at) => answering[at]);
const ENGINES = [...real.map(({ name }) => name), 'embedded, 1,000 images'];

function isUp({ url }: TestEngine): Promise<boolean> {
  return callEngine(url, '/_ping').then(
    () => true,
    () => false,
  );
}

async function engineOf(name: string): Promise<string> {
  const engine = real.find((one) => one.name === name);
  if (engine !== undefined) return engine.url;
  const archive = join(folder, 'thousand.tar');
  await writeMany(archive, 1_000);
  return `archive:${archive}`;
}

describe.runIf(INSTALLED).each(ENGINES)('a supergraph over %s', (engine) => {
  let ours: Program;
  let theirs: Server;
  let supergraph: string;
  let images: readonly { readonly imageId: string; readonly names: readonly string[] }[];

  beforeAll(async () => {
    ours = await start({ args: ['--federation', '--engine', `e=${await engineOf(engine)}`] });
    images = await imagesOf(ours);
    const names = images.flatMap(({ names }) => names).slice(0, 100);
    const digests = images.map(({ imageId }) => imageId);
    theirs = await startScript('deployments.js', JSON.stringify({ references: names, digests }));
    supergraph = join(folder, 'supergraph.graphql');
    const { supergraph: sdl } = await compose('apollo', ours.url, theirs.url);
    writeFileSync(supergraph, sdl ?? '');
  }, 120_000);
  afterAll(async () => {
    await theirs?.stop();
    await ours?.stop();
  });

  describe.each(['Apollo Gateway', 'Hive Gateway'])('served by %s', (kind) => {
    let gateway: Server;
    beforeAll(async () => {
      gateway =
        kind === 'Hive Gateway'
          ? await startHive(supergraph)
          : await startScript('apollo-gateway.js', supergraph);
    }, 60_000);
    afterAll(() => gateway?.stop());
    const query = (text: string) => ask(gateway.url, text);

    it('leads from what others know to images', async () => {
      const { data, errors } = await query(`{
        deployments { image { reference images { imageId engine { name } } } }
        vulnerabilities { content { digest images { imageId } } } }`);
      expect(errors).toBeUndefined();
      expect(data.deployments).not.toEqual([]);
      for (const { image } of data.deployments) {
        const imageId = images.find(({ names }) => names.includes(image.reference))?.imageId;
        expect(image.images).toEqual([{ imageId, engine: { name: 'e' } }]);
      }
      const found = data.vulnerabilities.map((one: any) => one.content.images);
      expect(found).toEqual(images.map(({ imageId }) => expect.arrayContaining([{ imageId }])));
    });

    it('leads from images to what others know', async () => {
      const { data, errors } = await query(`{ images(first: 100) { nodes {
        content { vulnerabilities { id severity } }
        repoTags { name { deployments { nodes { id } pageInfo { hasNextPage } } } } } } }`);
      expect(errors).toBeUndefined();
      for (const { content, repoTags } of data.images.nodes) {
        expect(content.vulnerabilities).toHaveLength(1);
        for (const { name } of repoTags) expect(name.deployments.nodes).toHaveLength(1);
      }
    });

    it('leaves the other subgraph its types', async () => {
      const { data } = await query(`{ deployments {
        labels { name } platform { cluster } containers { name } repository { url } } }`);
      expect(data.deployments[0]).toEqual({
        labels: [{ name: 'web' }],
        platform: { cluster: 'production' },
        containers: [{ name: 'main' }],
        repository: { url: 'https://git.example.com/0' },
      });
    });

    it('asks us once for a hundred entities, and we no engine', async () => {
      const state = '{ engines { index { fullReads targetedReads readsSaved } } }';
      const [before] = (await ours.ask(state)).data.engines;
      const { data } = await query('{ deployments { image { images { imageId } } } }');
      expect(data.deployments.length).toBeGreaterThan(10);
      const [after] = (await ours.ask(state)).data.engines;
      const { readsSaved } = before.index;
      expect(after.index).toEqual({ ...before.index, readsSaved: readsSaved + 1 });
    });
  });
});

describe.runIf(INSTALLED)('a subscription through Hive Gateway', () => {
  const stopping: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const stop of stopping.toReversed()) await stop();
  });

  it('tells of an image with what another subgraph knows of it', async () => {
    const layout = join(folder, 'layout');
    cpSync(SAMPLES, layout, { recursive: true });
    const ours = await start({ args: ['--federation', '--engine', `e=oci:${layout}`] });
    stopping.push(() => ours.stop());
    const [{ imageId, names }] = await imagesOf(ours);
    const known = { references: [], digests: [imageId] };
    const theirs = await startScript('deployments.js', JSON.stringify(known));
    stopping.push(() => theirs.stop());
    const file = join(folder, 'subscription.graphql');
    writeFileSync(file, (await compose('apollo', ours.url, theirs.url)).supergraph ?? '');
    const gateway = await startHive(file, '--config-path', 'hive.config.js');
    stopping.push(() => gateway.stop());

    const query = `subscription { imageEvents(filter: { actions: [UNTAG] }) {
      action reference image { imageId content { vulnerabilities { id } } } } }`;
    const leaving = new AbortController();
    const response = await post(gateway.url, query, leaving.signal);
    const first = readEvents(response).next();
    const state = async () => (await ours.ask('{ engines { index { mode } } }')).data.engines[0];
    await vi.waitUntil(async () => (await state()).index.mode === 'LIVE');
    const untagging = setInterval(() => untagAll(layout, names[1] ?? ''), 500);
    const { value } = await first.finally(() => clearInterval(untagging));
    leaving.abort();
    expect(value).toMatchObject({
      data: {
        imageEvents: {
          action: 'UNTAG',
          image: { imageId, content: { vulnerabilities: [{ id: 'CVE-2026-1000' }] } },
        },
      },
    });
  });
});

/** Takes a name away and gives it back by turns, until somebody has heard of it. */
function untagAll(layout: string, name: string): void {
  const index = join(layout, 'index.json');
  const whole = JSON.parse(readFileSync(join(SAMPLES, 'index.json'), 'utf8')) as Layout;
  const now = JSON.parse(readFileSync(index, 'utf8')) as Layout;
  const without = whole.manifests.filter(
    (one) => !Object.values(one.annotations ?? {}).includes(name),
  );
  const isThere = now.manifests.length === whole.manifests.length;
  writeFileSync(
    `${index}.new`,
    JSON.stringify({ ...whole, manifests: isThere ? without : whole.manifests }),
  );
  renameSync(`${index}.new`, index);
}

interface Layout {
  readonly manifests: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
}

function post(url: string, query: string, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
    signal,
  });
}

/** What is listed, once it is: a Docker that is as busy as this machine may take longer for a list than a question has. */
async function imagesOf(ours: Program) {
  const images = await vi.waitFor(
    async () => {
      const { data, errors } = await ours.ask(
        '{ images(first: 100) { nodes { imageId repoTags { canonicalReference } } } }',
      );
      expect(errors).toBeUndefined();
      return data.images;
    },
    { timeout: 100_000, interval: 500 },
  );
  return images.nodes.map((node: any) => ({
    imageId: node.imageId,
    names: node.repoTags.map((tag: any) => tag.canonicalReference),
  }));
}
