import { buildSchema, execute, parse } from 'graphql';
import { expect, it } from 'vitest';
import { measuredSchema } from '../../src/execution/measured-schema.ts';

const schema = buildSchema(`
  type Query { things: [Thing!]! }
  type Thing { later: String now: String of(key: String! = "x"): String }
`);
const things = Array.from({ length: 100 }, (_, at) => ({
  later: () => Promise.reject(new Error(`later ${at}`)),
  now() {
    throw new Error(`now ${at}`);
  },
  of: 'x',
}));

/** What comes of a query where ten fields may fail. */
async function executed(query: string) {
  let failed = 0;
  let excess: Error | null = null;
  const size = {
    expect: () => {},
    excess: () => excess,
    failed(fields: number) {
      failed += fields;
      if (failed <= 10) return;
      excess = new Error('too many');
      throw excess;
    },
  };
  const { errors = [] } = await execute({
    schema: measuredSchema(schema, () => size),
    document: parse(query),
    rootValue: { things },
    contextValue: {},
    variableValues: { key: null },
  });
  return { failed, messages: errors.map(({ message }) => message) };
}

it.each(['later', 'now'])(
  'of fields that fail %s no more errors are made than may fail',
  async (name) => {
    const { failed, messages } = await executed(`{ things { ${name} } }`);
    expect(failed).toBe(11);
    expect(messages).toEqual([
      ...Array.from({ length: 10 }, (_, at) => `${name} ${at}`),
      'too many',
    ]);
  },
);

it('fields that fail by their arguments are counted before any does', async () => {
  const query = 'query ($key: String = "x") { things { a: of(key: $key) b: of(key: $key) of } }';
  expect(await executed(query)).toEqual({ failed: 200, messages: ['too many'] });
});
