import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { type ChaosProxy, startChaosProxy, type Toxic } from '../support/chaos-proxy.ts';
import { connectTo } from '../support/gateway.ts';
import type { HttpEngine } from '../support/http-engine.ts';
import { containerdStore, startStandInEngine } from '../support/stand-in-engine.ts';

/** The list of so many images is longer than one chunk of any stream. */
const IMAGES = 500;
/** The body of a list may pause for 5 s; what is slower still goes on. */
const ANSWER_MS = 12_000;
/** Once the network is well again. */
const RECOVERY_MS = 2_000;

let http: HttpEngine;
beforeAll(async () => {
  http = await startStandInEngine(containerdStore(IMAGES));
});
afterAll(() => http.close());

describe.each([{ tcp: false }, { tcp: true }])('over a bad network, TCP: $tcp', ({ tcp }) => {
  let proxy: ChaosProxy;
  let engine: Engine;
  beforeAll(async () => {
    proxy = await startChaosProxy({ engine: `unix://${http.socketPath}`, tcp });
    engine = connectTo('e', proxy.dial);
    await engine.facts();
  });
  afterEach(() => proxy.inflict(null));
  afterAll(async () => {
    engine.close();
    await proxy.close();
  });

  const list = () => engine.listImages(AbortSignal.timeout(20_000));

  it.each<Toxic>([
    { kind: 'latency', ms: 200, jitterMs: 100 },
    { kind: 'bandwidth', bytesPerSecond: 500_000 },
    { kind: 'slow_close', ms: 300 },
    { kind: 'slicer', bytes: 4_096, ms: 2 },
  ])('a list is whole, though slow: $kind', { timeout: 30_000 }, async (toxic) => {
    proxy.inflict(toxic);
    expect(await list()).toHaveLength(IMAGES);
  });

  it.each<readonly [what: string, toxic: Toxic, codes: readonly string[]]>([
    ['F5 timeout', { kind: 'timeout', ms: 300 }, ['ENGINE_UNAVAILABLE', 'ENGINE_BAD_RESPONSE']],
    ['F8 reset_peer', { kind: 'reset_peer', ms: 0 }, ['ENGINE_UNAVAILABLE', 'ENGINE_BAD_RESPONSE']],
    ['F7 limit_data', { kind: 'limit_data', bytes: 50_000 }, ['ENGINE_BAD_RESPONSE']],
    ['F2 down', { kind: 'down' }, ['ENGINE_UNAVAILABLE']],
  ])(
    'a list is an error, and the next one good: %s',
    { timeout: 30_000 },
    async (_, toxic, codes) => {
      proxy.inflict(toxic);
      const askedAt = performance.now();
      const code = await list().then(
        () => 'an answer',
        (error: { code: string }) => error.code,
      );
      expect(performance.now() - askedAt).toBeLessThan(ANSWER_MS);
      expect(codes).toContain(code);
      proxy.inflict(null);
      const isGood = () =>
        list().then(
          ({ length }) => length,
          () => 0,
        );
      await expect.poll(isGood, { timeout: RECOVERY_MS + 1_000, interval: 50 }).toBe(IMAGES);
    },
  );
});
