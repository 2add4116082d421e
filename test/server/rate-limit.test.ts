import { createGateway } from '../../src/gateway.ts';
import { clientOf } from '../../src/server/client-of.ts';
import { listen } from '../../src/server/http-server.ts';
import { createRateLimit } from '../../src/server/rate-limit.ts';
import { describe, expect, it } from 'vitest';

/** A limit with a clock that a test turns. */
function open(perSecond: number) {
  const clock = { ms: 1_000 };
  const limit = createRateLimit(perSecond, () => clock.ms);
  const allowed = (client: string, times: number) =>
    Array.from({ length: times }, () => limit(client)).filter((wait) => wait === null).length;
  return { clock, limit, allowed };
}

describe('a rate limit', () => {
  it('lets two seconds of requests through at once, then so many a second', () => {
    const { clock, allowed } = open(100);
    expect(allowed('a', 300)).toBe(200);
    clock.ms += 10;
    expect(allowed('a', 5)).toBe(1);
    clock.ms += 1_000;
    expect(allowed('a', 300)).toBe(100);
    clock.ms += 60_000;
    expect(allowed('a', 300)).toBe(200);
  });

  it('says after how many seconds to come back, and means it', () => {
    const { clock, limit, allowed } = open(1);
    expect(allowed('a', 2)).toBe(2);
    expect(limit('a')).toBe(1);
    clock.ms += 999;
    expect(limit('a')).toBe(1);
    clock.ms += 1;
    expect(limit('a')).toBeNull();
  });

  it('counts each client for itself', () => {
    const { allowed } = open(5);
    expect(allowed('a', 100)).toBe(10);
    expect(allowed('b', 100)).toBe(10);
  });

  it('of 0 lets everything through', () => {
    expect(open(0).allowed('a', 10_000)).toBe(10_000);
  });

  it('forgets who was not heard of for the longest, and keeps to those who are', () => {
    const { limit, allowed } = open(1);
    expect(allowed('a', 9)).toBe(2);
    for (let at = 0; at < 9_999; at++) limit(`other ${at}`);
    expect(limit('a')).toBe(1);
    for (let at = 0; at < 10_000; at++) limit(`another ${at}`);
    expect(limit('a')).toBeNull();
  });
});

it('one request too many gets 429, RATE_LIMITED and Retry-After; probes are not counted', async () => {
  const gateway = createGateway({ indexes: new Map(), onHiddenError: () => {} });
  const server = await listen({
    address: { host: '127.0.0.1', port: 0 },
    graphiql: false,
    limitRate: createRateLimit(1),
    graphql: (request, response) => void gateway(request, response, { client: clientOf(request) }),
  });
  const send = () =>
    fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
  const all = await Promise.all(Array.from({ length: 20 }, send));
  const refused = all.filter(({ status }) => status === 429);
  expect(all.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
  expect(refused.length).toBeGreaterThan(10);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(await refused[0]?.json()).toEqual({
    errors: [
      { message: 'Too many requests. Try again later.', extensions: { code: 'RATE_LIMITED' } },
    ],
  });
  const healthz = new URL('/healthz', server.url);
  for (let at = 0; at < 20; at++) expect((await fetch(healthz)).status).toBe(200);
  await server.close();
});
