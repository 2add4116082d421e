import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createLiveIndex } from '../../src/image-index/live/live-index.ts';
import { tarOf } from '../engines/archive.ts';
import { filler } from '../engines/builder.ts';
import { runCli } from '../engines/cli.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { describeEach } from './each-engine.ts';
import { connectDirectly, untilLive } from './follow.ts';
import { importImage, LABEL, localName, OPERATIONS, pushName, removeAll } from './operations.ts';

/** How long a change that was announced may take to be shown; a hundredth of it, on a machine of its own. */
const VISIBLE_MS = 2_000;
const STATE = `{
  images(first: 1000) {
    nodes { repoTags { reference } usedBy(first: 100) { nodes { name } } }
  }
}`;

/** What a command line is told, or a request of the Engine API, and what it changes. */
interface Step {
  readonly run: () => Promise<unknown>;
  readonly shown?: string;
  readonly gone?: string;
}

describeEach(await findRealEngines(), 'through the gateway of $name', (subject: TestEngine) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    await removeAll(subject);
    const engine = connectDirectly(subject);
    const index = createLiveIndex({ engine });
    gateway = createTestGateway([engine], { index: () => index });
    await untilLive(index);
  });
  afterAll(async () => {
    gateway.close();
    await removeAll(subject);
  });

  async function names(): Promise<ReadonlySet<string>> {
    const { data } = await gateway.ask(STATE);
    const images = data.images.nodes as any[];
    return new Set<string>(
      images.flatMap(({ repoTags, usedBy }) => [
        ...repoTags.map(({ reference }: any) => reference),
        ...usedBy.nodes.map(({ name }: any) => name),
      ]),
    );
  }

  const nameOf = (part: string): string => `${localName(subject, part)}:1`;
  const pushed = `${pushName(subject, 'n0')}:1`;
  const api = (operation: string, one: string, other = '') =>
    OPERATIONS[operation]?.(subject, one, other) ?? Promise.reject(new Error(operation));
  const cli = (args: readonly string[], input?: Buffer) =>
    runCli(subject, args, input === undefined ? {} : { input });
  const insecure = subject.kind === 'PODMAN' ? ['--tls-verify=false'] : [];
  const create = (container: string) => cli(['create', `--name=${container}`, nameOf('n0'), '/x']);
  const context = async () =>
    tarOf({
      Dockerfile: `FROM scratch\nLABEL ${LABEL}\nCOPY one /one`,
      one: filler(`${process.pid}`, 1),
    });

  const steps: Readonly<Record<string, Step>> = {
    'tag, API': { run: () => api('tag', 'n0', 'n1'), shown: nameOf('n1') },
    'tag, command': { run: () => cli(['tag', nameOf('n0'), nameOf('n2')]), shown: nameOf('n2') },
    'rmi, API': { run: () => api('untag', 'n1'), gone: nameOf('n1') },
    'rmi, command': { run: () => cli(['rmi', nameOf('n2')]), gone: nameOf('n2') },
    'build, API': { run: () => api('buildClassic', 'n3', 'n3'), shown: nameOf('n3') },
    'build, command': {
      run: async () => cli(['build', '-q', '-t', nameOf('n4'), '-'], await context()),
      shown: nameOf('n4'),
    },
    'push and rmi of what was pushed': {
      run: async () => {
        await api('push', 'n0');
        await cli(['rmi', pushed]);
      },
      gone: pushed,
    },
    pull: { run: () => cli(['pull', ...insecure, '-q', pushed]), shown: pushed },
    'create, API': { run: () => api('create', 'n0', 'one'), shown: 'live-one' },
    'create, command': { run: () => create('live-two'), shown: 'live-two' },
    'commit, API': { run: () => api('commit', 'one', 'n5'), shown: nameOf('n5') },
    'commit, command': {
      run: () => cli(['commit', '-c', `LABEL ${LABEL}`, 'live-one', nameOf('n6')]),
      shown: nameOf('n6'),
    },
    'rm, API': { run: () => api('remove', 'one'), gone: 'live-one' },
    'rm, command': { run: () => cli(['rm', 'live-two']), gone: 'live-two' },
  };

  it('every change of one image or container is shown', { timeout: 120_000 }, async () => {
    await importImage(subject, 'live/n0', 'visible');
    const took: Record<string, number> = {};
    for (const [title, { run, shown, gone }] of Object.entries(steps)) {
      await run();
      const returnedAt = performance.now();
      const isShown = async (): Promise<boolean> => {
        const held = await names();
        return (shown === undefined || held.has(shown)) && (gone === undefined || !held.has(gone));
      };
      await vi.waitUntil(isShown, { timeout: 10 * VISIBLE_MS, interval: 5 });
      took[title] = performance.now() - returnedAt;
    }
    process.stderr.write(`${subject.name} ${JSON.stringify(took)}\n`);
    expect(Object.entries(took).filter(([, ms]) => ms > VISIBLE_MS)).toEqual([]);
  });
});
