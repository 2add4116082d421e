import {
  buildSchema,
  GraphQLInt,
  type GraphQLObjectType,
  type GraphQLUnionType,
  parse,
} from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { createColumnExecutor } from '../../src/execution/execute-by-column.ts';
import { turn } from '../../src/turns.ts';
import { executeByColumn, interpret } from '../support/executions.ts';

const schema = buildSchema(`
  directive @defer(if: Boolean, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  directive @stream(if: Boolean, initialCount: Int = 0, label: String) on FIELD
  type Query {
    text(of: String = "default", more: [Int!]): String
    thing: Thing
    mustBe: Thing!
    things: [Thing]
    mustBeThings: [Thing!]!
    many(count: Int!): [Thing!]!
    matrix: [[Int]!]
    any: [Any!]
    colour: Colour
    set: [Int!]
  }
  type Mutation { text: String }
  type Subscription { text: String }
  type Thing { name: String! size: Int ratio: Float on: Boolean id: ID parts: [Thing!] any: Any where: String }
  type Other { weight: Int }
  union Any = Thing | Other
  enum Colour { RED GREEN }
`);
const field = (name: string) => {
  const found = (schema.getQueryType() as GraphQLObjectType).getFields()[name];
  if (found === undefined) throw new Error(name);
  return found;
};
field('many').resolve = (_, { count }: { count: number }) =>
  Array.from({ length: count }, (_value, at) => ({ name: `thing ${at}`, size: at }));
const thing = (schema.getType('Thing') as GraphQLObjectType).getFields();
if (thing['where'] === undefined) throw new Error('where');
// Takes what it is told of its field: its path is that of the item.
thing['where'].resolve = (_thing, _args, _context, info) => {
  const keys: (string | number)[] = [];
  for (let at: typeof info.path | undefined = info.path; at; at = at.prev) keys.unshift(at.key);
  return keys.join('.');
};
(schema.getType('Any') as GraphQLUnionType).resolveType = (value: object) =>
  'weight' in value ? 'Other' : 'Thing';

const a = {
  name: 'a',
  size: 1,
  ratio: 0.5,
  on: true,
  id: 1,
  parts: [{ name: 'b' }, { name: 'c' }],
};
const rootValue = {
  text: ({ of, more }: { of: string; more?: number[] }) => `${of} ${more?.join() ?? ''}`,
  thing: a,
  mustBe: async () => a,
  things: [a, null, { name: 'd', parts: null }, Promise.resolve(a)],
  mustBeThings: [a, a],
  matrix: [[1, null], [], [3]],
  any: [a, { weight: 3 }, a],
  colour: 'RED',
};

describe('a query that goes well is executed by column, with the same data', () => {
  it.each<[string, string, object?]>([
    ['default arguments', '{ text }'],
    ['arguments', '{ text(of: "x", more: [1, 2]) b: text(of: null) }'],
    [
      'variables',
      'query($of: String, $more: [Int!] = [3]) { text(of: $of, more: $more) }',
      { of: 'y' },
    ],
    ['variables that are left out', 'query($of: String) { text(of: $of) }'],
    ['leaves of every type', '{ thing { name size ratio on id } colour }'],
    ['a promise of an object', '{ mustBe { name } }'],
    ['lists with nulls and promises in them', '{ things { name size parts { name } } }'],
    ['lists of lists', '{ matrix }'],
    ['values of a union', '{ any { __typename ... on Thing { name } ... on Other { weight } } }'],
    ['a union below an object', '{ thing { any { __typename } } }'],
    ['__typename under any key', '{ __typename thing { t: __typename __typename } }'],
    [
      'fields of merged selections',
      '{ thing { name } ...F thing { parts { name } } } fragment F on Query { thing { size parts { size } } }',
    ],
    [
      'paths of fields that ask for theirs',
      '{ things { where parts { where } } any { ... on Thing { w: where } } many(count: 3) { where } }',
    ],
    ['lists longer than a chunk', '{ many(count: 300) { name size where } }'],
    ['empty lists', '{ many(count: 0) { name } }'],
  ])('%s', async (_, query, variables = {}) => {
    const question = { schema, query, rootValue, variables: variables as Record<string, unknown> };
    expect(await executeByColumn(question)).toEqual(await interpret(question));
  });

  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('@skip %s and @include %s', async (skip, include) => {
    const query = `query($skip: Boolean!, $include: Boolean!) {
      thing @skip(if: $skip) { name @include(if: $include) size ...F @skip(if: $include) }
      mustBe { ... @include(if: $include) { id } ...F }
    } fragment F on Thing { on @skip(if: $skip) }`;
    const question = { schema, query, rootValue, variables: { skip, include } };
    expect(await executeByColumn(question)).toEqual(await interpret(question));
  });

  it('one of several operations', async () => {
    const query = 'query A { text } query B { colour }';
    const question = { schema, query, rootValue, operationName: 'B' };
    expect(await executeByColumn(question)).toEqual({ data: { colour: 'RED' } });
  });

  it('in the order of the query, whatever is waited for', async () => {
    const attempt = createColumnExecutor()({
      schema,
      document: parse('{ b: mustBe { z: name a: name } a: thing { name } }'),
      rootValue,
    });
    expect(await attempt?.()).toBe('{"b":{"z":"a","a":"a"},"a":{"name":"a"}}');
  });
});

describe('it is left to the interpreter', () => {
  const broken = (value: unknown) => ({
    ...rootValue,
    thing: value,
    things: [a, value],
    mustBe: value,
    mustBeThings: [a, value],
  });
  const failing = () => {
    throw new Error('broken');
  };
  it.each<[string, string, unknown?]>([
    ['when a resolver throws', '{ text thing { name } }', { ...rootValue, thing: failing }],
    [
      'when a promise is rejected',
      '{ text thing { name } }',
      { ...rootValue, thing: async () => failing() },
    ],
    ['when an item of a list is an error', '{ things { name } }', broken(new Error('broken'))],
    [
      'when an item of a list is rejected',
      '{ things { name } text }',
      { ...rootValue, things: () => [a, Promise.reject(new Error('broken'))] },
    ],
    ['when something is null that must not be', '{ thing { size } mustBe { name } }', broken(null)],
    [
      'when a field is null that must not be',
      '{ thing { name } things { name } }',
      broken({ name: null }),
    ],
    ['when a field is undefined that must not be', '{ mustBeThings { name } }', broken({})],
    ['when a leaf is of a wrong type', '{ thing { name size } }', broken({ name: 'x', size: 'x' })],
    ['when a value is not of the enum', '{ colour }', { ...rootValue, colour: 'BLUE' }],
    ['when a list is none', '{ things { name } }', { ...rootValue, things: a }],
    ['when a list is another iterable', '{ set }', { ...rootValue, set: new Set([1, 2]) }],
    ['when a value has no type', '{ any { __typename } }', { ...rootValue, any: [4] }],
    ['for introspection', '{ __schema { queryType { name } } __type(name: "Thing") { name } }'],
    ['for an argument that is refused', 'query($more: [Int!]) { text(more: $more) }'],
    ['for mutations', 'mutation { text }'],
    ['without an operation', 'fragment F on Query { text }'],
  ])('%s', async (_, query, root = rootValue) => {
    const variables = { more: 'x' };
    expect(await executeByColumn({ schema, query, rootValue: root, variables })).toBeNull();
  });

  it.each([
    '{ ... @defer { text } }',
    '{ thing { ... @defer { name } } }',
    '{ things @stream { name } }',
  ])('for %s', async (query) => {
    expect(await executeByColumn({ schema, query, rootValue })).toBeNull();
  });

  it('for a key that JavaScript has its own idea of', async () => {
    expect(await executeByColumn({ schema, query: '{ __proto__: text }', rootValue })).toBeNull();
  });

  it('for a while after it had to be', async () => {
    const toAttempt = createColumnExecutor();
    const request = { schema, document: parse('{ thing { name } }'), rootValue: { thing: {} } };
    await expect(toAttempt(request)?.()).rejects.toThrow('null');
    expect(toAttempt(request)).toBeNull();
    const later = Array.from({ length: 20 }, () => toAttempt({ ...request, rootValue }));
    await expect(later.at(-1)?.()).resolves.toBe('{"thing":{"name":"a"}}');
  });
});

it('leaves out what is below a thing that is null, lists as well', async () => {
  const query = '{ thing { name parts { name } } }';
  const question = { schema, query, rootValue: { thing: null } };
  expect(await executeByColumn(question)).toEqual({ data: { thing: null } });
  const none = { schema, query, rootValue: { thing: { name: 'a', parts: null } } };
  expect(await executeByColumn(none)).toEqual({ data: { thing: { name: 'a', parts: null } } });
});

it('goes on after an error that passes', async () => {
  const passing = new Error('passing');
  const toAttempt = createColumnExecutor((error) => error === passing);
  const request = { schema, document: parse('{ thing { name } }') };
  const failing = { thing: () => Promise.reject(passing) };
  await expect(toAttempt({ ...request, rootValue: failing })?.()).rejects.toBe(passing);
  await expect(toAttempt({ ...request, rootValue })?.()).resolves.toBe('{"thing":{"name":"a"}}');
});

describe('the items of a long list', () => {
  const items = Array.from({ length: 1_000 }, (_, at) => ({ name: `${at}` }));
  it('wait for what the first ones have read, and not for one another after that', async () => {
    // Within a turn that other tests have used up they would wait for that, too.
    await turn();
    const waiting: (() => void)[] = [];
    const slow = items.map((item) => ({
      ...item,
      size: () => new Promise((resolve) => waiting.push(() => resolve(1))),
    }));
    const attempt = createColumnExecutor()({
      schema,
      document: parse('{ mustBeThings { name size } }'),
      rootValue: { mustBeThings: slow },
    });
    const json = attempt?.();
    const started: number[] = [];
    while (started.length < 2) {
      started.push(waiting.length);
      for (const go of waiting.splice(0)) go();
      await new Promise((done) => setImmediate(done));
    }
    for (const go of waiting.splice(0)) go();
    expect(started[0]).toBeLessThan(started[1] as number);
    expect((started[0] as number) + (started[1] as number)).toBe(1_000);
    expect(JSON.parse((await json) ?? '').mustBeThings).toHaveLength(1_000);
  });

  it('fail without leaving anything behind', async () => {
    const rejected = items.map((item, at) => ({
      ...item,
      size: () => (at % 100 === 7 ? Promise.reject(new Error(`${at}`)) : Promise.resolve(1)),
    }));
    const question = {
      schema,
      query: '{ mustBeThings { size } }',
      rootValue: { mustBeThings: rejected },
    };
    expect(await executeByColumn(question)).toBeNull();
  });
});

describe('what fails is counted', () => {
  /** How many fields of things failed, and of how many the other one was asked for. */
  async function failed(size: () => unknown) {
    let counted = 0;
    let others = 0;
    const things = Array.from({ length: 100 }, () => ({ size, ratio: () => void others++ }));
    const toAttempt = createColumnExecutor(undefined, () => ({
      expect: () => {},
      wrote: () => {},
      failed: (fields) => void (counted += fields),
    }));
    const document = parse('{ things { size } mustBeThings { ratio } }');
    const root = { things: async () => things, mustBeThings: () => turn().then(() => things) };
    await toAttempt({ schema, document, rootValue: root })?.().catch(() => {});
    return { counted, others };
  }

  it('of all that are waited for; then nothing more is asked', async () => {
    const broken = new Error('broken');
    expect(await failed(() => Promise.reject(broken))).toEqual({ counted: 100, others: 0 });
  });

  it('of one that throws, and no other is asked then', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    expect(await failed(broken)).toEqual({ counted: 1, others: 0 });
  });

  it('and is nothing where all goes well', async () => {
    expect(await failed(() => 1)).toEqual({ counted: 0, others: 100 });
  });
});

describe('a variable of a wrong type', () => {
  it('is looked at no further than to the second error', () => {
    const parseValue = vi.spyOn(GraphQLInt, 'parseValue');
    const attempt = createColumnExecutor()({
      schema,
      document: parse('query ($more: [Int!]) { text(more: $more) }'),
      variableValues: { more: Array.from({ length: 100 }, () => 'x') },
    });
    expect(attempt).toBeNull();
    expect(parseValue).toHaveBeenCalledTimes(2);
    parseValue.mockRestore();
  });
});

describe('what is written is counted', () => {
  /** The answer, and what it was written in. */
  async function written(query: string, root: object = rootValue) {
    const texts: number[] = [];
    const wrote = (characters: number) => void texts.push(characters);
    const size = { expect: () => {}, wrote, failed: () => {} };
    const toAttempt = createColumnExecutor(undefined, () => size);
    const json = await toAttempt({ schema, document: parse(query), rootValue: root })?.();
    return { length: json?.length ?? 0, texts };
  }

  it.each([
    ['leaves', '{ text colour }'],
    ['leaves of a thing', '{ thing { name size ratio on id } }'],
    ['names', '{ a_long_name_of_a_thing: thing { a_long_name_of_a_name: name __typename } }'],
    ['a list of leaves', '{ matrix }'],
    ['a list of things', '{ mustBeThings { name parts { name } } }'],
    ['a union', '{ thing { any { __typename ... on Thing { name } } } }'],
    [
      'a list of a union',
      '{ any { ... on Thing { name parts { name } } ... on Other { weight } } }',
    ],
  ])('%s', async (_, query) => {
    const thing = { ...a, any: a };
    const { length, texts } = await written(query, { ...rootValue, thing });
    const sum = texts.reduce((sum, each) => sum + each, 0);
    // Brackets of a list are counted for each chunk.
    expect(sum - length).toBeGreaterThanOrEqual(0);
    expect(sum - length).toBeLessThan(3);
  });

  const parts = Array.from({ length: 1_000 }, (_, at) => ({ name: `${at}`.padStart(3, '0') }));
  it.each([
    ['a list of a union', '{ any { ... on Thing { name } } }', { any: parts }],
    [
      'a list in a union',
      '{ thing { any { ... on Thing { parts { name } } } } }',
      { thing: { any: { parts } } },
    ],
  ])('a few items at a time: %s', async (_, query, root) => {
    const { length, texts } = await written(query, root);
    expect(texts.length).toBeGreaterThan(5);
    expect(Math.max(...texts)).toBeLessThan(length / 5);
  });
});

describe('a client that leaves', () => {
  it('ends what is waited for', async () => {
    const { signal, abort } = abortable();
    const rootValue = { text: () => new Promise(() => {}) };
    const attempt = createColumnExecutor()({
      schema,
      document: parse('{ text }'),
      rootValue,
      signal,
    });
    const ended = expect(attempt?.()).rejects.toThrow('left');
    abort();
    await ended;
  });

  it('ends it before the next field', async () => {
    const { signal, abort } = abortable();
    let calls = 0;
    const rootValue = {
      thing: { name: async () => abort(), any: () => void calls++ },
      text: async () => abort(),
      mustBe: () => void calls++,
    };
    abort();
    const attempt = createColumnExecutor()({
      schema,
      document: parse('{ thing { name any { __typename } } text mustBe { name } }'),
      rootValue,
      signal,
    });
    await expect(attempt?.()).rejects.toThrow('left');
    expect(calls).toBe(0);
  });

  function abortable() {
    const controller = new AbortController();
    return { signal: controller.signal, abort: () => controller.abort(new Error('left')) };
  }
});
