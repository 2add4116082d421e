import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MESSAGES } from '../../src/errors.ts';
import { createGateway } from '../../src/gateway.ts';
import { withDefaults } from '../../src/limits/given-limits.ts';
import {
  beyond,
  DEFAULT_LIMITS,
  defaultLimits,
  type Limit,
  type LimitName,
  type Limits,
  limitsTable,
} from '../../src/limits/limits.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

const numbered = limitsTable.filter(
  (row: Limit) =>
    row.code !== null && !['SUBSCRIPTION_LIMIT', 'RATE_LIMITED', 'OVERLOADED'].includes(row.code),
) as readonly Limit[];

describe('the text of a limit', () => {
  it.each(numbered.map((row) => [row.name, row] as const))(
    'of %s names its number once, and the configured one in its place',
    (name, row) => {
      const text = row.says ?? MESSAGES[row.code as keyof typeof MESSAGES];
      expect(text.match(new RegExp(`\\b${row.default}\\b`, 'g'))).toHaveLength(1);
      expect(beyond(name as 'depth', DEFAULT_LIMITS).message).toBe(text);
      const configured = beyond(name as 'depth', { ...DEFAULT_LIMITS, [name]: 4_711 });
      expect(configured.message).toBe(text.replace(String(row.default), '4711'));
      expect(configured.extensions).toEqual({ code: row.code });
    },
  );
});

describe('a limit that is configured', () => {
  const EXPENSIVE =
    '{ prunePreview { danglingOnly: __typename } engine { imageDiskUsage { totalCount } } }';
  it.each<[LimitName, number, string, string]>([
    [
      'tokens',
      200,
      `{ engine { ${'name '.repeat(195)} } }`,
      `{ engine { ${'name '.repeat(196)} } }`,
    ],
    ['depth', 2, '{ engine { name } }', '{ engine { index { mode } } }'],
    ['aliases', 1, '{ a: engine { name } }', '{ a: engine { b: name } }'],
    ['rootFields', 1, '{ engine { name status } }', '{ engine { name } engines { name } }'],
    ['fields', 3, '{ engine { name status } }', '{ engine { name status version } }'],
    [
      'directives',
      1,
      '{ engine @skip(if: false) { name } }',
      '{ engine @skip(if: false) { name @skip(if: false) } }',
    ],
    ['expensiveFields', 1, '{ engine { imageDiskUsage { totalCount } } }', EXPENSIVE],
    ['page', 10, '{ images(first: 10) { totalCount } }', '{ images(last: 11) { totalCount } }'],
    ['rows', 10, '{ images(first: 10) { totalCount } }', '{ images(first: 11) { totalCount } }'],
    [
      'examined',
      1_000,
      '{ images(filter: { search: "a" }) { totalCount } }',
      `{ images(filter: { references: [${'"a", '.repeat(60)}] }) { totalCount } }`,
    ],
    [
      'references',
      1,
      '{ imagesByReference(references: ["a"]) { id } }',
      '{ imagesByReference(references: ["a", "b"]) { id } }',
    ],
    [
      'references',
      1,
      '{ nodes(ids: ["RW5naW5lOmU6"]) { id } }',
      '{ nodes(ids: ["RW5naW5lOmU6", "b"]) { id } }',
    ],
    [
      'representations',
      1,
      '{ _entities(representations: [{ __typename: "Engine", name: "e" }]) { __typename } }',
      '{ _entities(representations: [{ __typename: "Engine" }, { __typename: "Engine" }]) { __typename } }',
    ],
  ])('to %s=%d holds, and its text names it', async (name, number, within, over) => {
    const gateway = createIndexGateway([createFixedIndex('e', manyImages(20))], {
      federation: true,
      limits: { [name]: number },
    });
    expect((await gateway.ask(within)).errors).toBeUndefined();
    // A second time, when the document is known.
    for (const _ of [1, 2]) {
      const { errors } = await gateway.ask(over);
      const expected = beyond(name as 'depth', { ...DEFAULT_LIMITS, [name]: number });
      expect(errors?.[0]).toMatchObject({
        message: expected.message,
        extensions: { code: expected.extensions['code'] },
      });
    }
    gateway.close();
  });

  it('to errors=2 shows as many', async () => {
    const gateway = createIndexGateway([createFixedIndex('e')], { limits: { errors: 2 } });
    const { errors } = await gateway.ask('{ a b c d e f }');
    expect(errors).toHaveLength(2);
    const { errors: fields } = await gateway.ask(
      '{ a: images(first: 0) { totalCount } b: images(first: 0) { totalCount } c: images(first: 0) { totalCount } }',
    );
    expect(fields).toHaveLength(2);
    gateway.close();
  });

  it('to a page below 50 also gives so many when none are asked for', async () => {
    const gateway = createIndexGateway([createFixedIndex('e', manyImages(60))], {
      limits: { page: 7 },
    });
    const { data } = await gateway.ask('{ images { nodes { id } } }');
    expect(data.images.nodes).toHaveLength(7);
    gateway.close();
  });
});

it.each<[object, string | null]>([
  [{ depth: NaN }, 'limits.depth is NaN. Give depth a whole number from 1 to 100.'],
  [{ depth: -5 }, 'limits.depth is -5. Give depth a whole number from 1 to 100.'],
  [{ page: '5' }, null],
  [{ rows: 1.5 }, null],
  [{ dpth: 5 }, 'There is no limit dpth. Give one of: '],
])('a gateway is not made with %j', (limits, message) => {
  const make = () => createGateway({ indexes: new Map(), onHiddenError: () => {}, limits });
  expect(make).toThrow(TypeError);
  if (message !== null) expect(make).toThrow(message);
});

it('a limit that is undefined is that of the default', () => {
  const limits = { depth: undefined, page: 3 } as unknown as Partial<Limits>;
  expect(withDefaults(limits)).toEqual({ ...DEFAULT_LIMITS, page: 3 });
});

it('requests and connections are counted where others than this machine can connect', () => {
  expect(defaultLimits(false)).toEqual(DEFAULT_LIMITS);
  expect(defaultLimits(true)).toEqual({
    ...DEFAULT_LIMITS,
    rate: 100,
    clientConnections: 100,
  });
});

it('docs/limits.md has a row for every limit', () => {
  const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| `\w+` \|/.test(line));
  const number = (value: number) => value.toLocaleString('en-US');
  expect(rows).toEqual(
    limitsTable.map((row: Limit) => {
      const byDefault = number(row.default);
      const exposed = row.exposed === undefined ? '' : `; ${number(row.exposed)} beyond loopback`;
      return `| \`${row.name}\` | ${row.meaning} | ${byDefault}${exposed} | ${number(row.lowest)} to ${number(row.highest)} | ${row.code ?? ''} |`;
    }),
  );
});
