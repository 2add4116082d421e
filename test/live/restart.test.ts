import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import type { ImageIndex } from '../../src/image-index/image-index.ts';
import { createLiveIndex } from '../../src/image-index/live/live-index.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { expectAgreement, untilNamed } from './agreement.ts';
import { describeEach } from './each-engine.ts';
import { connectDirectly, follow, untilLive } from './follow.ts';
import { removeAll } from './removal.ts';
import { killEngine, startEngine, stopEngine } from './restarts.ts';
import { forAnySequence, perform, raiseSentinel, type Sequence } from './sequences.ts';

const SIZES_MS = 2_000;
/** Some ten milliseconds, but the machine is shared with the engines. */
const REFUSAL_MS = 1_000;
/** docs/freshness.md says 2 and 5 seconds; twice that here, for the same reason. */
const ANSWER_MS = 4_000;
const EVENTS_MS = 10_000;
const IMAGES = '{ images(first: 1) { totalCount } }';

describeEach(await findRealEngines(), 'the index of $name', (subject: TestEngine) => {
  const events = createImageEventLog();
  let engine: Engine;
  let direct: Engine;
  let index: ImageIndex;
  let gateway: TestGateway;

  beforeAll(async () => {
    await removeAll(subject);
    engine = connectDirectly(subject);
    direct = connectDirectly(subject);
    index = createLiveIndex({ engine, onImageEvent: events.append, timers: false });
    await untilLive(index);
    gateway = createTestGateway([engine], { events, index: () => index });
  });
  // Whatever has failed, the engine is there for the next.
  afterEach(async () => void (await startEngine(subject)));
  afterAll(async () => {
    gateway.close();
    direct.close();
    events.close();
    await removeAll(subject);
  });

  const isAnswered = async (): Promise<boolean> => (await gateway.ask(IMAGES)).errors === undefined;

  const resyncs = (): number =>
    events.recent().filter(({ action }) => action === 'RESYNCED').length;

  /** Half of a sequence, during which the engine ends; what is said while it is away; the other half. */
  async function restart(sequence: Sequence, end: (engine: TestEngine) => Promise<void>) {
    const half = Math.floor(sequence.length / 2);
    const done = perform(subject, sequence.slice(0, half));
    // Podman 5.8 that is killed while it writes an image leaves a store that it cannot list any more.
    const isFragile = subject.kind === 'PODMAN' && end === killEngine;
    await (isFragile ? done : new Promise((soon) => setTimeout(soon, 300)));
    await end(subject);
    await done;
    await expectRefusal();
    const before = resyncs();
    const answeredAt = await startEngine(subject);
    await vi.waitUntil(isAnswered, { timeout: 20_000, interval: 20 });
    expect(performance.now() - answeredAt).toBeLessThan(ANSWER_MS);
    await vi.waitUntil(() => resyncs() > before, { timeout: 20_000, interval: 20 });
    expect(performance.now() - answeredAt).toBeLessThan(EVENTS_MS);
    await perform(subject, sequence.slice(half));
    await untilNamed(index, await raiseSentinel(subject));
    await expectAgreement(index, direct, SIZES_MS, 'LISTED');
  }

  async function expectRefusal(): Promise<void> {
    await vi.waitUntil(() => engine.status() !== 'READY', { timeout: 8_000, interval: 20 });
    const askedAt = performance.now();
    const { data, errors } = await gateway.ask(IMAGES);
    expect(performance.now() - askedAt).toBeLessThan(REFUSAL_MS);
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['ENGINE_UNAVAILABLE']);
    expect(data.images).toBeNull();
  }

  it(
    'is what a full read gives after the engine was stopped and started in the middle',
    {
      timeout: 120_000,
    },
    () => forAnySequence(1, (sequence) => restart(sequence, stopEngine)),
  );

  it('is so after the engine was killed', { timeout: 120_000 }, () =>
    forAnySequence(1, (sequence) => restart(sequence, killEngine)),
  );

  it(
    'is so after images were changed while the gateway was down',
    {
      timeout: 120_000,
    },
    async () => {
      const before = connectDirectly(subject);
      (await follow(before, false)).close();
      before.close();
      await forAnySequence(1, (sequence) => perform(subject, sequence));
      const after = connectDirectly(subject);
      const index = await follow(after, false);
      await expectAgreement(index, direct, SIZES_MS, 'LISTED');
      index.close();
      after.close();
    },
  );
});
