import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { connectTo } from '../support/gateway.ts';
import { type FaultEngine, startFaultEngine } from '../faults/fault-engine.ts';

let engine: FaultEngine;
afterEach(() => engine.stop());

const INFO = /^\/info/;

it('a greeting whose answer never ends fails as a whole, and is tried a few times at once', async () => {
  engine = await startFaultEngine();
  engine.fail((_, response) => {
    // Fast enough for a body: none is given up that brings 16 KB in 5 s.
    const timer = setInterval(() => response.write(' '.repeat(20_000)), 500);
    response.once('close', () => clearInterval(timer));
    response.write('{');
  }, INFO);
  const client = connectTo('e', engine.dial);
  const startedAt = performance.now();
  await expect(client.ready()).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  expect(performance.now() - startedAt).toBeLessThan(12_000);
  expect(engine.busiest(INFO)).toBeLessThanOrEqual(5);
  client.close();
  await sleep(100);
  expect(engine.underWay(INFO)).toBe(0);
}, 30_000);
