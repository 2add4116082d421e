import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEmbeddedEngine } from '../../src/embedded/embedded-engine.ts';
import { createDialer } from '../../src/engine/dial.ts';
import { type TestEngine, enginesRoot, readEngines } from '../engines/engine-list.ts';
import { type FilledEngine, readFacts } from '../engines/facts.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { connectTo, createTestGateway, type TestGateway } from '../support/gateway.ts';

/** What a subject holds; null where it cannot hold such. */
type Facts = Pick<
  FilledEngine,
  'multiPlatform' | 'twoRepositories' | 'danglingId' | 'containers' | 'partial' | 'emptied'
> & {
  readonly [
    Scenario in 'chain' | 'intermediate' | 'byDigest' | 'oddLabels' | 'movedTag' | 'dates'
  ]: FilledEngine[Scenario] | null;
};

/** Something that the suite holds to the same expectations as all others. */
export interface Subject {
  readonly name: string;
  readonly kind: 'DOCKER' | 'PODMAN' | 'EMBEDDED';
  readonly store: TestEngine['store'] | 'OCI_LAYOUT';
  readonly facts: Facts;
  /** The engine's own command line; null where the machine has none. */
  readonly cli: TestEngine | null;
  open(): Promise<TestGateway>;
  close(): Promise<void>;
}

const SAMPLE = fileURLToPath(new URL('../../samples/layout/', import.meta.url));

/**
 * The real engines of this machine, and the embedded one over the sample images. Without real engines the
 * suite says so and goes on, unless IMAGEGRAPH_TEST_ENGINES=required.
 */
export async function findSubjects(): Promise<readonly Subject[]> {
  const real = await realSubjects();
  return [...real, await embeddedSubject(real.length > 0)];
}

async function realSubjects(): Promise<Subject[]> {
  const facts = await readFacts();
  const engines = await findRealEngines();
  return engines.map((engine) => realSubject(engine, facts[engine.name] as FilledEngine));
}

function realSubject(engine: TestEngine, facts: Facts): Subject {
  const path = engine.url.slice('unix://'.length);
  return {
    ...engine,
    facts,
    cli: engine,
    open: async () => createTestGateway([connectTo(engine.name, () => net.connect({ path }))]),
    close: async () => {},
  };
}

/** It listens, too, where Docker's command line is at hand: that one is the judge then. */
async function embeddedSubject(hasCli: boolean): Promise<Subject> {
  const { server, connect } = createEmbeddedEngine({
    endpoint: { kind: 'sample' },
    version: '0',
    report: (digest, reason) => {
      throw new Error(`${digest}: ${reason}`);
    },
  });
  const dialer = createDialer({ kind: 'sample' }, { connectEmbedded: connect, sshEnvironment: {} });
  // Below the engines' folder, which Docker 28's root sees under the same name.
  const socket = join(
    enginesRoot(),
    'engines',
    'embedded',
    `${process.pid}-${randomUUID().slice(0, 8)}.sock`,
  );
  if (hasCli) {
    await mkdir(dirname(socket), { recursive: true });
    server.listen(socket);
    await once(server, 'listening');
  }
  return {
    name: 'embedded',
    kind: 'EMBEDDED',
    store: 'OCI_LAYOUT',
    facts: await sampleFacts(),
    cli: hasCli ? await commandLineFor(socket) : null,
    open: async () => createTestGateway([connectTo('embedded', dialer.dial)]),
    async close() {
      server.close();
      await rm(socket, { force: true });
    },
  };
}

async function commandLineFor(socket: string): Promise<TestEngine | null> {
  const modern = (await readEngines()).find(({ name }) => name === 'docker-28-containerd');
  if (modern === undefined) return null;
  const url = `unix://${socket}`;
  return { ...modern, name: 'embedded', url, cli: [...modern.cli.slice(0, -1), url] };
}

async function sampleFacts(): Promise<Facts> {
  const index = JSON.parse(await readFile(join(SAMPLE, 'index.json'), 'utf8')) as {
    manifests: { digest: string; annotations: Record<string, string> }[];
  };
  const nameless = index.manifests.find(
    ({ annotations }) => annotations['io.containerd.image.name'] === undefined,
  );
  return {
    chain: ['demo/base:1.0', 'demo/runtime:20', 'demo/shop:2.3.0'],
    intermediate: null,
    multiPlatform: 'demo/web:1.4.0',
    twoRepositories: ['demo/shop:2.3.0', 'ghcr.io/example/shop:2.3.0'],
    byDigest: null,
    oddLabels: null,
    dates: null,
    partial: 'demo/tools:7',
    emptied: null,
    danglingId: nameless?.digest ?? '',
    movedTag: null,
    containers: {},
  };
}
