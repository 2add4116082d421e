import { describe, expect, it } from 'vitest';
import { EngineError, type EngineErrorCode } from '../../src/engine/engine-error.ts';
import type { ErrorCode } from '../../src/errors.ts';
import type { Limits } from '../../src/limits/limits.ts';
import { createFixedIndex, type FixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

/** The shown errors of an answer, and what went to the log. */
async function ask(indexes: readonly FixedIndex[], query: string, limits: Partial<Limits> = {}) {
  const hidden: { text: string; code: ErrorCode; requestId: string | null }[] = [];
  const gateway = createIndexGateway(indexes, {
    limits,
    onHiddenError: (error, code, requestId) =>
      void hidden.push({ text: String(error), code, requestId }),
  });
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'r-1' },
    body: JSON.stringify({ query }),
  });
  const { errors = [] } = (await response.json()) as {
    errors?: { path: unknown[]; extensions: any }[];
  };
  return { errors, hidden };
}

/** Each call fails with an error of its own, as those of an open circuit do. */
function failing(name: string, code: EngineErrorCode, images = 100): FixedIndex {
  const index = createFixedIndex(name, manyImages(images));
  let calls = 0;
  index.engine.inspectImage = () =>
    Promise.reject(new EngineError(code, name, `not asked ${calls++}`));
  return index;
}

const details = (first: number) =>
  `{ images(first: ${first}) { nodes { author comment lastTagged config { user } layers { diffId } } } }`;
const codesOf = (errors: readonly { extensions: any }[]) =>
  errors.map(({ extensions: { code, engine, requestId } }) => [code, engine, requestId]);

/** As many as an answer shows. */
const five = (kind: unknown[]) => Array.from({ length: 5 }, () => kind);

describe('of thousands of errors', () => {
  it('those that are shown are told to the log, and how many more there are', async () => {
    const { errors, hidden } = await ask(
      [failing('e', 'ENGINE_UNAVAILABLE', 1_000)],
      details(1_000),
    );
    expect(codesOf(errors)).toEqual(five(['ENGINE_UNAVAILABLE', 'e', 'r-1']));
    expect(hidden).toHaveLength(6);
    for (const one of hidden)
      expect(one).toMatchObject({ code: 'ENGINE_UNAVAILABLE', requestId: 'r-1' });
    expect(hidden.at(-1)?.text).toMatch(
      /^EngineError: 4995 more in the same answer, the first of them: not asked \d+$/,
    );
  });

  it('the first of each engine and code is shown before all others', async () => {
    const indexes = [
      failing('e', 'ENGINE_UNAVAILABLE'),
      failing('f', 'ENGINE_FORBIDDEN'),
      failing('g', 'ENGINE_UNAVAILABLE'),
    ];
    const { errors, hidden } = await ask(indexes, details(300));
    const kinds = codesOf(errors).map(([code, engine]) => `${code} ${engine}`);
    expect(kinds.slice(0, 3).sort()).toEqual([
      'ENGINE_FORBIDDEN f',
      'ENGINE_UNAVAILABLE e',
      'ENGINE_UNAVAILABLE g',
    ]);
    expect(errors).toHaveLength(5);
    // And one for each engine and code of the rest.
    expect(hidden).toHaveLength(5 + 3);
    const more = hidden.map(({ text }) => Number(/(\d+) more/.exec(text)?.[1] ?? 1));
    expect(more.reduce((sum, count) => sum + count, 0)).toBe(1_500);
  });

  it('each engine and code is in the log, shown or not', async () => {
    const indexes = [failing('e', 'ENGINE_TIMEOUT', 1), failing('f', 'ENGINE_FORBIDDEN', 1)];
    const query = '{ images { nodes { author } } }';
    const { errors, hidden } = await ask(indexes, query, { errors: 1 });
    expect(errors).toHaveLength(1);
    expect(hidden.map(({ text, code }) => [text, code])).toEqual(
      expect.arrayContaining([
        ['EngineError: not asked 0', 'ENGINE_TIMEOUT'],
        ['EngineError: not asked 0', 'ENGINE_FORBIDDEN'],
      ]),
    );
  });

  it('bugs are told of in the same way', async () => {
    const index = createFixedIndex('e', manyImages(100));
    index.engine.inspectImage = () => Promise.reject(new TypeError('a bug'));
    const { errors, hidden } = await ask([index], '{ images(first: 100) { nodes { author } } }');
    expect(codesOf(errors)).toEqual(five(['INTERNAL_SERVER_ERROR', undefined, 'r-1']));
    expect(hidden).toHaveLength(6);
    expect(hidden.at(-1)?.text).toMatch(
      /^Error: 95 more in the same answer, the first of them: a bug$/,
    );
  });

  it('what clients see all of is not in the log', async () => {
    const pages = Array.from({ length: 20 }, (_, at) => `a${at}: images(first: 0) { totalCount }`);
    const { errors, hidden } = await ask([createFixedIndex('e')], `{ ${pages.join(' ')} }`);
    expect(codesOf(errors)).toEqual(five(['PAGE_SIZE_OUT_OF_RANGE', undefined, undefined]));
    expect(hidden).toEqual([]);
  });
});
