import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createLiveIndex } from '../../src/image-index/live/live-index.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { describeEach } from './each-engine.ts';
import { connectDirectly, untilLive } from './follow.ts';
import { importImage } from './operations.ts';
import { removeAll } from './removal.ts';
import { FIRST, visibleSteps } from './visible-steps.ts';

/** How long a change that was announced may take to be shown; a hundredth of it, on a machine of its own. */
const VISIBLE_MS = 2_000;
const STATE = `{
  images(first: 1000) {
    nodes { repoTags { reference } usedBy(first: 100) { nodes { name } } }
  }
}`;

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

  it('every change of one image or container is shown', { timeout: 120_000 }, async () => {
    await importImage(subject, `live/${FIRST}`, 'visible');
    const took: Record<string, number> = {};
    for (const [title, { run, shown, gone }] of Object.entries(visibleSteps(subject))) {
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
