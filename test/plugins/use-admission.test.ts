import { afterEach, describe, expect, it, vi } from 'vitest';
import type { GatewayOptions } from '../../src/gateway.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

afterEach(() => void vi.useRealTimers());

const LARGE = '{ images(first: 1) { nodes { usedBy { totalCount } } } }';
const SMALL = ['{ engine { status } }', '{ images(first: 1) { nodes { id } } }'];
const OTHER = '{ images(first: 2) { nodes { usedBy { totalCount } } } }';

/** A gateway over an engine that answers once it is told to. */
function held(options: Partial<GatewayOptions> = {}) {
  const index = createFixedIndex('e', manyImages(2));
  const { read } = index;
  const waiting: (() => void)[] = [];
  let isHeld = true;
  index.read = (signal) => {
    const reading = read(signal);
    const images = async () => {
      if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
      return reading.images();
    };
    return { ...reading, images };
  };
  const gateway = createIndexGateway([index], { limits: { operations: 2 }, ...options });
  return {
    ...gateway,
    /** Operations that have come to the engine. */
    executed: () => waiting.length,
    answer(): void {
      isHeld = false;
      for (const resolve of waiting) resolve();
    },
    hold: (on: boolean) => void (isHeld = on),
    begin: (count: number, query = LARGE) =>
      Array.from({ length: count }, () => gateway.ask(query)),
  };
}

/** What has been sent has come as far as it gets. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('operations that are executed at once', () => {
  it('are as many as the limit says, and others wait', async () => {
    const gateway = held();
    const answers = gateway.begin(5);
    await settled();
    expect(gateway.executed()).toBe(2);
    gateway.answer();
    for (const { errors } of await Promise.all(answers)) expect(errors).toBeUndefined();
  });

  it('give their places back also when they fail', async () => {
    const gateway = held({ limits: { operations: 1, rows: 1 } });
    gateway.answer();
    for (let at = 0; at < 3; at++) {
      expect((await gateway.ask(OTHER)).errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
    }
  });

  it.each(SMALL)('do not keep small ones waiting: %s', async (query) => {
    const gateway = held();
    const answers = gateway.begin(2);
    await settled();
    gateway.hold(false);
    expect((await gateway.ask(query)).errors).toBeUndefined();
    gateway.answer();
    await Promise.all(answers);
  });

  it('do not keep an answer waiting that is kept', async () => {
    const gateway = held({ responseCacheBytes: 1_000_000 });
    gateway.hold(false);
    const kept = await gateway.ask(OTHER);
    gateway.hold(true);
    const answers = gateway.begin(2);
    await settled();
    expect(await gateway.ask(OTHER)).toEqual(kept);
    gateway.answer();
    await Promise.all(answers);
  });
});

describe('operations that wait for a place', () => {
  const REFUSED = { status: 503, errors: [{ extensions: { code: 'OVERLOADED' } }] };

  it('are a hundred, and one more is refused at once', async () => {
    const gateway = held();
    const answers = gateway.begin(102);
    await settled();
    const response = await gateway.fetch('http://localhost/graphql', request(LARGE));
    expect({ status: response.status, ...(await response.json()) }).toMatchObject(REFUSED);
    expect(response.headers.get('retry-after')).toBe('1');
    gateway.answer();
    for (const { errors } of await Promise.all(answers)) expect(errors).toBeUndefined();
  });

  it('wait for five seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const gateway = held();
    const answers = gateway.begin(2);
    await vi.advanceTimersByTimeAsync(100);
    const late = gateway.ask(OTHER);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await late).toMatchObject(REFUSED);
    gateway.answer();
    for (const { errors } of await Promise.all(answers)) expect(errors).toBeUndefined();
  });

  it('leave with their client', async () => {
    const gateway = held();
    const answers = gateway.begin(2);
    const client = new AbortController();
    const asked = { ...request(LARGE), signal: client.signal };
    const left = Promise.resolve(gateway.fetch('http://localhost/graphql', asked));
    await settled();
    client.abort();
    await left.catch(() => {});
    const last = gateway.begin(100);
    await settled();
    gateway.answer();
    for (const { errors } of await Promise.all([...answers, ...last])) {
      expect(errors).toBeUndefined();
    }
  });
});

function request(query: string) {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', headers, body: JSON.stringify({ query }) };
}
