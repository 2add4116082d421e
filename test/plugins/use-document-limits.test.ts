import { getIntrospectionQuery } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFixedIndex, type FixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway, type TestGateway } from '../support/gateway.ts';

let index: FixedIndex;
let gateway: TestGateway;
beforeEach(() => {
  index = createFixedIndex('e', manyImages(10));
  gateway = createIndexGateway([index], { federation: true });
});
afterEach(() => gateway.close());

const GRAPHQL = 'application/graphql-response+json';

describe('a document', () => {
  it.each<[string, string]>([
    [
      'thousands of aliases',
      `{ images { nodes { ${Array.from({ length: 5_000 }, (_, at) => `a${at}: size`).join(' ')} } } }`,
    ],
    ['2,001 fields', `{ ${'__typename '.repeat(2_001)} }`],
    ['overlapping fields', `{ ${'engines { name images { totalCount } } '.repeat(1_500)} }`],
    [
      'unused fragments',
      `{ __typename } ${Array.from({ length: 3_000 }, (_, at) => `fragment f${at} on Query { __typename }`).join(' ')}`,
    ],
    [
      'many operations',
      Array.from({ length: 2_000 }, (_, at) => `query q${at} { __typename }`).join(' '),
    ],
    [
      'many variables',
      `query (${Array.from({ length: 10_000 }, (_, at) => `$v${at}: Int`).join()}) { __typename }`,
    ],
    ['nested fields', `{ a${' { a'.repeat(30_000)}`],
    ['nested lists', `{ image(reference: ${'['.repeat(30_000)}`],
  ])('of %s is refused before anything is read', async (_, query) => {
    const { data, errors } = await gateway.ask(query);
    expect(data).toBeUndefined();
    expect(errors?.map(({ message, extensions }) => [message, extensions['code']])).toEqual([
      ['The query has more than 1000 tokens. Ask for less at once.', 'GRAPHQL_PARSE_FAILED'],
    ]);
    const { status } = await gateway.ask(query, {}, GRAPHQL);
    expect(status).toBe(400);
    expect(index.reads).toBe(0);
  });

  it.each([
    [
      'of GraphiQL',
      getIntrospectionQuery({
        descriptions: true,
        inputValueDeprecation: true,
        schemaDescription: true,
      }),
    ],
    ['of a router', '{ _service { sdl } }'],
    ['with a mistake', '{ engines { name }'],
  ])('%s is not refused for its length', async (_, query) => {
    const { errors = [] } = await gateway.ask(query);
    expect(errors.filter(({ message }) => message.includes('tokens'))).toEqual([]);
  });
});
