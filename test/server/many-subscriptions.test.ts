import http from 'node:http';
import { expect, it, vi } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import { createLiveIndex } from '../../src/image-index/live/live-index.ts';
import { listen } from '../../src/server/http-server.ts';
import { openEmbedded } from '../embedded/open-embedded.ts';
import { memoryInUse } from '../support/heap.ts';

const TIMES = 5_000;
/** As many as one client may have. */
const AT_ONCE = 10;

/** Opens a subscription, waits for its head and leaves. */
function visit(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const request = http.request(url, { method: 'POST', headers }, (response) => {
      expect(response.statusCode).toBe(200);
      response.on('error', () => {});
      response.once('close', resolve);
      request.destroy();
    });
    request.on('error', reject);
    request.end('{"query":"subscription { imageEvents { action } }"}');
  });
}

it(
  'S3: subscriptions that come and go, 5,000 times, are one stream of the engine and leave nothing behind',
  { timeout: 120_000 },
  async () => {
    const { engine } = openEmbedded({ kind: 'sample' });
    const watchEvents = vi.spyOn(engine, 'watchEvents');
    const events = createImageEventLog();
    const index = createLiveIndex({ engine, onImageEvent: events.append });
    const gateway = createGateway({
      indexes: new Map([[engine.name, index]]),
      events,
      onHiddenError: () => {},
    });
    const server = await listen({
      address: { host: '127.0.0.1', port: 0 },
      graphiql: false,
      graphql: (request, response) => void gateway(request, response, { client: 'one' }),
    });
    await vi.waitUntil(() => index.state().mode === 'LIVE', { timeout: 10_000 });
    const come = async (times: number): Promise<void> => {
      for (let at = 0; at < times; at += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, () => visit(server.url)));
        await vi.waitUntil(() => events.followers === 0, { timeout: 10_000, interval: 1 });
      }
    };
    await come(500);
    const before = memoryInUse();
    await come(TIMES);
    expect(memoryInUse() - before).toBeLessThan(10_000_000);
    expect(watchEvents).toHaveBeenCalledTimes(1);
    events.close();
    await server.close();
    index.close();
    engine.close();
  },
);
