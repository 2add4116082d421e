import { describe, expect, it, vi } from 'vitest';
import type { GatewayOptions } from '../../src/gateway.ts';
import * as filters from '../../src/image-index/compile-filter.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

vi.mock('../../src/image-index/compile-filter.ts', { spy: true });

const times = <Value>(count: number, of: (at: number) => Value) =>
  Array.from({ length: count }, (_, at) => of(at));
const searches = (count: number) => times(count, (at) => ({ search: `zz${at}` }));
const open = (images: number, limits: GatewayOptions['limits'] = {}) =>
  createIndexGateway([createFixedIndex('e', manyImages(images))], { limits, federation: true });

/** Filters that were made ready for going through images since the last time. */
function scans(): number {
  return vi.mocked(filters.compileFilter).mock.calls.splice(0).length;
}

const FILTERED = 'query ($f: ImageFilter) { images(first: 1, filter: $f) { totalCount } }';

describe('a whole filter', () => {
  const nested = (outer: number, inner: number, of: (count: number) => object) => ({
    or: times(outer, () => of(inner)),
  });
  it.each<[string, object]>([
    ['searches in or in or', nested(60, 60, (count) => ({ or: searches(count) }))],
    ['searches in and in or', nested(2, 51, (count) => ({ and: searches(count) }))],
    ['patterns', nested(9, 90, (count) => ({ references: times(count, (at) => `*${at}`) }))],
    ['labels', nested(2, 51, (count) => ({ labels: times(count, () => ({ key: 'a' })) }))],
    ['filters without a condition', nested(11, 10, (count) => ({ and: times(count, () => ({})) }))],
    ['nots', { not: nested(101, 0, () => ({ not: { dangling: true } })) }],
  ])('has 100 conditions at most: %s', async (_, f) => {
    const gateway = open(3);
    scans();
    const { errors } = await gateway.ask(FILTERED, { f });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('too long'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(scans()).toBe(0);
    gateway.close();
  });

  it('may have 100', async () => {
    const gateway = open(3);
    const f = { or: [{ or: searches(50) }, { not: { and: searches(49) } }], dangling: false };
    expect((await gateway.ask(FILTERED, { f })).errors).toBeUndefined();
    gateway.close();
  });
});

describe('what is looked at', () => {
  const REFUSED = [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }];

  it('is 2,000,000 at most, and counted before it is looked at', async () => {
    const gateway = open(1_000);
    scans();
    const fields = times(20, (at) => `a${at}: images(first: 1, filter: $f) { totalCount }`);
    const query = `query ($f: ImageFilter) { ${fields.join(' ')} }`;
    const { errors } = await gateway.ask(query, { f: { or: searches(100) } });
    expect(errors).toMatchObject(REFUSED);
    // The readings of 20 filters leave room for 19 of them.
    expect(scans()).toBe(19);
    expect((await gateway.ask(query, { f: { or: searches(90) } })).errors).toBeUndefined();
    gateway.close();
  });

  it('counts long texts by their length', async () => {
    const images = manyImages(20).images.map((row) => ({
      ...row,
      labels: [{ key: 'long', value: 'x'.repeat(100_000) }],
    }));
    const gateway = createIndexGateway([createFixedIndex('e', { images })], {
      limits: { examined: 1_000 },
    });
    const { errors } = await gateway.ask(FILTERED, { f: { search: 'y' } });
    expect(errors).toMatchObject(REFUSED);
    gateway.close();
  });

  it.each([
    ['orders', '{ images(orderBy: { field: NAME, direction: ASC }) { totalCount } }'],
    [
      'repositories',
      `{ ${times(20, (at) => `a${at}: imageRepositories(first: 1) { totalCount }`).join(' ')} }`,
    ],
    ['what a prune goes through', '{ prunePreview(labels: { key: "a" }) { engine { name } } }'],
    [
      'filters that are read for each parent',
      '{ images(first: 30) { nodes { engine { images(first: 1, filter: { search: "x" }) { totalCount } } } } }',
    ],
    ['derived images', '{ images(first: 30) { nodes { derivedImages { totalCount } } } }'],
    [
      'containers of derived images',
      '{ images(first: 30) { nodes { usedBy(includeDerived: true) { totalCount } } } }',
    ],
  ])('counts %s', async (_, query) => {
    const gateway = open(600, { examined: 1_000 });
    expect((await gateway.ask(query)).errors).toMatchObject(REFUSED);
    gateway.close();
  });
});

describe('a list within a thousand images', () => {
  const fields = (count: number) =>
    times(
      count,
      (at) => `a${at}: images(first: 1, filter: { search: "zz${at}" }) { totalCount totalSize }`,
    );
  it.each([
    ['', ''],
    [', where the interpreter executes it', 'wrong: images(first: 0) { totalCount }'],
  ])('is found once for each field%s', async (_, beside) => {
    const gateway = open(1_000);
    scans();
    const query = `{ ${beside} images(first: 1000) { nodes { engine { ${fields(20).join(' ')} } } } }`;
    const { data, errors = [] } = await gateway.ask(query);
    expect(errors).toHaveLength(beside === '' ? 0 : 1);
    expect(data.images.nodes).toHaveLength(1_000);
    expect(data.images.nodes[999].engine.a19).toEqual({ totalCount: 0, totalSize: 0 });
    expect(scans()).toBe(20);
    gateway.close();
  });

  it('is that of its engine and of its variables', async () => {
    const gateway = createIndexGateway([
      createFixedIndex('one', manyImages(2)),
      createFixedIndex('two', manyImages(3)),
    ]);
    const query =
      'query ($first: Int) { engines { name images(first: $first) { totalCount nodes { shortId } } } }';
    for (const first of [1, 2]) {
      const { data } = await gateway.ask(query, { first });
      const shown = data.engines.map(({ images }: any) => [images.totalCount, images.nodes.length]);
      expect(shown).toEqual([
        [2, first],
        [3, first],
      ]);
    }
    gateway.close();
  });
});
