import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import type { ImageIndex } from '../../src/image-index/image-index.ts';
import { createLiveIndex } from '../../src/image-index/live/live-index.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { connectTo, createTestGateway, type TestGateway } from '../support/gateway.ts';
import { agrees, untilNamed } from './agreement.ts';
import { describeEach } from './each-engine.ts';
import { type EngineProxy, LIST, startEngineProxy } from '../support/engine-proxy.ts';
import { connectDirectly, follow, NOTHING, untilLive } from './follow.ts';
import { importImage, OPERATIONS } from './operations.ts';
import { removeAll } from './removal.ts';
import { raiseSentinel } from './sequences.ts';

const SUBSCRIBERS = 60;
const SUBSCRIPTION = 'subscription { imageEvents { action reference } }';

describeEach(
  await findRealEngines(),
  'the engine behind the index of $name',
  (subject: TestEngine) => {
    const events = createImageEventLog();
    let proxy: EngineProxy;
    let engine: Engine;
    let direct: Engine;
    let index: ImageIndex;
    let gateway: TestGateway;

    beforeAll(async () => {
      await removeAll(subject);
      proxy = await startEngineProxy(subject.url);
      engine = connectTo(subject.name, proxy.dial);
      direct = connectDirectly(subject);
      // Without the ways to find what nothing announces: they list when the engine's count says so.
      index = createLiveIndex({ engine, onImageEvent: events.append, timers: false });
      gateway = createTestGateway([engine], { events, index: () => index });
      await untilLive(index);
      await vi.waitUntil(() => agrees(index, direct), { timeout: 10_000 });
    });
    afterAll(async () => {
      events.close();
      gateway.close();
      direct.close();
      await proxy.close();
      await removeAll(subject);
    });

    it('is asked for its events once, however many subscribe', async () => {
      const subscriptions = Array.from({ length: SUBSCRIBERS }, () =>
        gateway.subscribe(SUBSCRIPTION),
      );
      const firsts = subscriptions.map((subscription) => subscription.next());
      await vi.waitUntil(() => events.followers === SUBSCRIBERS, { timeout: 10_000 });
      await raiseSentinel(subject);
      const told = await Promise.all(firsts);
      expect(told.filter(({ value }) => value?.data.imageEvents.action === undefined)).toEqual([]);
      const streams = proxy.calls.filter(({ what }) => what === 'GET /events');
      expect(streams).toHaveLength(1);
      await Promise.all(subscriptions.map((subscription) => subscription.return(undefined)));
    });

    it.runIf(subject.store === 'CONTAINERD')(
      'is never listed for a change of one image or container',
      { timeout: 120_000 },
      async () => {
        await importImage(subject, 'live/n0', 'listed');
        const listed: Record<string, number> = {};
        for (const [name, operation] of Object.entries(OPERATIONS)) {
          proxy.calls.splice(0);
          await operation(subject, 'n0', 'n1');
          await untilNamed(index, await raiseSentinel(subject));
          const lists = proxy.calls.filter(({ what }) => what === LIST).length;
          if (lists > 0) listed[name] = lists;
        }
        expect(listed).toEqual({});
      },
    );

    it.runIf(subject.store === 'CONTAINERD')(
      'is not listed for a name either where its own count of images is looked at',
      async () => {
        await importImage(subject, 'live/n0', 'counted');
        const counting = await follow(engine, { ...NOTHING, countMs: 200, tickMs: 50 });
        try {
          await vi.waitUntil(() => agrees(counting, direct), { timeout: 10_000 });
          await settledCounts();
          proxy.calls.splice(0);
          for (const name of ['tag', 'untag']) await OPERATIONS[name]?.(subject, 'n0', 'n1');
          await untilNamed(counting, await raiseSentinel(subject));
          await settledCounts();
          expect(proxy.calls.filter(({ what }) => what === LIST)).toEqual([]);
        } finally {
          counting.close();
        }
      },
    );

    /** A list follows when two counts in a row say otherwise. */
    async function settledCounts(): Promise<void> {
      const before = counts();
      await vi.waitUntil(() => counts() >= before + 4, { timeout: 10_000 });
    }

    function counts(): number {
      return proxy.calls.filter(({ what }) => what === 'GET /info').length;
    }
  },
);
