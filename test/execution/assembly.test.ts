import { GraphQLObjectType, GraphQLString } from 'graphql';
import { expect, it } from 'vitest';
import { assembly, jsonAssembly } from '../../src/execution/assembly.ts';

const size = { expect: () => {}, wrote: () => {}, failed: () => {} };
const type = new GraphQLObjectType({ name: 'T', fields: { a: { type: GraphQLString } } });

it.each([1, 31, 32, 500])(
  'makes %i objects of columns, with keys in the order of the query',
  (count) => {
    const column = (of: string) => Array.from({ length: count }, (_, at) => `${of}${at}`);
    const columns = new Map([
      ['b', column('b')],
      ['constructor', column('c')],
    ]);
    const keys = ['constructor', 'typename', 'b'];
    const objects = assembly(type, keys)(columns, count);
    expect(objects).toHaveLength(count);
    const last = count - 1;
    expect(JSON.stringify(objects.at(-1))).toBe(
      `{"constructor":"c${last}","typename":"T","b":"b${last}"}`,
    );
    const json = new Map([...columns].map(([key, values]) => [key, values.map((v) => `"${v}"`)]));
    expect(jsonAssembly(type, keys)(json, count, size)).toEqual(
      objects.map((each) => JSON.stringify(each)),
    );
  },
);

it('makes no code of anything but names of GraphQL', () => {
  const key = 'a": (globalThis.pwned = true), "b';
  const objects = assembly(type, [key])(
    new Map([[key, Array.from({ length: 100 }, () => 1)]]),
    100,
  );
  expect(objects[0]).toEqual({ [key]: 1 });
  expect(globalThis).not.toHaveProperty('pwned');
});

it('makes objects without any fields', () => {
  expect(assembly(type, [])(new Map(), 40)[39]).toEqual({});
  expect(jsonAssembly(type, [])(new Map(), 1, size)).toEqual(['{}']);
});
