import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { ImageIndex } from '../../src/image-index/image-index.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { connectTo } from '../support/gateway.ts';
import { expectAgreement, untilNamed } from './agreement.ts';
import { describeEach } from './each-engine.ts';
import { type EngineProxy, LIST, startEngineProxy } from '../support/engine-proxy.ts';
import { connectDirectly, follow } from './follow.ts';
import { OPERATIONS } from './operations.ts';
import { removeAll } from './removal.ts';
import { forAnySequence, perform, raiseSentinel, type Sequence } from './sequences.ts';

const RUNS = Number(process.env['IMAGEGRAPH_LAW_RUNS'] ?? 2);
/** docs/freshness.md: the containerd store unpacks an image after it has announced it. */
const SIZES_MS = 2_000;

describeEach(await findRealEngines(), 'the index of $name', (subject: TestEngine) => {
  let proxy: EngineProxy;
  let engine: Engine;
  let direct: Engine;
  let index: ImageIndex;

  beforeAll(async () => {
    await removeAll(subject);
    proxy = await startEngineProxy(subject.url);
    engine = connectTo(subject.name, proxy.dial);
    direct = connectDirectly(subject);
    index = await follow(engine, false);
  });
  afterAll(async () => {
    index.close();
    engine.close();
    direct.close();
    await proxy.close();
    await removeAll(subject);
  });

  /** An event that comes after all others: once it is seen, they are. */
  async function settle(): Promise<void> {
    await untilNamed(index, await raiseSentinel(subject));
  }

  function law(title: string, run: (sequence: Sequence) => Promise<void>, runs = RUNS): void {
    it(title, { timeout: 600_000 }, () => forAnySequence(runs, run));
  }

  law('is what a full read gives, after any sequence of changes', async (sequence) => {
    proxy.calls.splice(0);
    await perform(subject, sequence);
    await settle();
    await expectAgreement(index, direct, SIZES_MS);
    if (subject.store === 'CONTAINERD') {
      expect(proxy.calls.filter(({ what }) => what === LIST)).toEqual([]);
    }
  });

  law('is so when the stream of events is cut in the middle', async (sequence) => {
    const done = perform(subject, sequence);
    setTimeout(() => proxy.cutEvents(), 300);
    await done;
    await settle();
    await expectAgreement(index, direct, SIZES_MS, 'LISTED');
  });

  law(
    'is so when more events were missed than an engine remembers',
    async (sequence) => {
      proxy.cutEvents(true);
      await perform(subject, sequence);
      for (let count = 0; count < 150; count++) {
        await OPERATIONS['tag']?.(subject, 'n0', 'many');
        await OPERATIONS['untag']?.(subject, 'many', '');
      }
      proxy.mend();
      await settle();
      await expectAgreement(index, direct, SIZES_MS, 'LISTED');
    },
    1,
  );
});
