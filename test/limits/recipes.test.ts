import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFixedIndex } from '../support/fixed-index.ts';
import { answered, ask, refused, SECRET, times } from './recipes.ts';
import { GRAPHQL, JSON_TYPE, serve, type Served } from './served.ts';

/** What a request may cost: some take a tenth of it, and a busy machine several times as much. */
const MAX_CPU_MS = 500;

let served: Served;
beforeAll(async () => {
  served = await serve({ federation: true });
});
beforeEach(() => void served.calls.splice(0));
afterAll(() => served.close());

describe.each([
  [JSON_TYPE, 200],
  [GRAPHQL, 400],
])('a request that is refused whole, for who accepts %s', (accept, expected) => {
  it.each(refused)('%s', async (_, body, code) => {
    const { status, text, data, errors, cpuMs } = await served.send(body, accept);
    expect(errors[0]?.extensions).toEqual({ code });
    expect(errors.length).toBeLessThanOrEqual(5);
    expect([status, data]).toEqual([expected, undefined]);
    expect(text.length).toBeLessThan(10_000);
    expect(text).not.toContain(SECRET);
    expect(served.calls).toEqual([]);
    expect(served.hidden).toEqual([]);
    expect(cpuMs).toBeLessThan(MAX_CPU_MS);
  });
});

describe.each([JSON_TYPE, GRAPHQL])('a field that is refused, for who accepts %s', (accept) => {
  it.each(answered)('%s', async (_, body, code) => {
    const { status, text, errors, cpuMs } = await served.send(body, accept);
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code }]);
    expect(errors[0]?.path).toBeDefined();
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(10_000);
    expect(text).not.toContain(SECRET);
    expect(served.calls).toEqual([]);
    expect(served.hidden).toEqual([]);
    expect(cpuMs).toBeLessThan(MAX_CPU_MS);
  });
});

describe('what is refused otherwise', () => {
  it('Q18 rows that multiply cost one list, however many pages they ask for', async () => {
    const many = await serve({}, 1_000);
    const { errors, text } = await many.send(
      ask(
        '{ images(first: 1000) { nodes { engine { images(first: 1000) { nodes { engine { images(first: 1000) { nodes { id } } } } } } } } }',
      ),
    );
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['QUERY_TOO_COMPLEX']);
    expect(text.length).toBeLessThan(10_000);
    expect(many.calls.length).toBe(1);
    await many.close();
  });

  it.each([JSON_TYPE, GRAPHQL])('Q21 a batch of ten, for who accepts %s', async (accept) => {
    const batch = times(10, () => ask('{ __typename }')).replaceAll('} {', '},{');
    const { status, errors } = await served.send(`[${batch}]`, accept);
    expect(status).toBe(400);
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_REQUEST' }]);
  });

  it.each(['{ engines { name } }', 'mutation { removeImage }'])('Q31 %s by GET', async (query) => {
    const response = await fetch(`${served.url}?query=${encodeURIComponent(query)}`);
    expect(response.status).toBe(405);
    expect(await response.text()).toContain('METHOD_NOT_ALLOWED');
    expect(served.calls).toEqual([]);
  });

  it('Q34 an unexpected error of a resolver, without what it says', async () => {
    const read = (): never => {
      throw new Error(SECRET);
    };
    const faulty = await serve({ indexes: new Map([['e', { ...createFixedIndex('e'), read }]]) });
    const { text, errors } = await faulty.send(ask('{ images { totalCount } }'));
    expect(errors.map(({ message, extensions }) => [message, extensions.code])).toEqual([
      ['Unexpected error.', 'INTERNAL_SERVER_ERROR'],
    ]);
    expect(text).not.toContain(SECRET);
    expect(String(faulty.hidden[0])).toContain(SECRET);
    await faulty.close();
  });
});
