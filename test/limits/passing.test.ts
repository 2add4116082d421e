import { readdirSync, readFileSync } from 'node:fs';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../src/server/graphiql-examples.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

const root = new URL('../../', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8');
const filesOf = (folder: string) =>
  readdirSync(new URL(folder, root))
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => textOf(`${folder}/${file}`));
const blocksOf = (file: string) =>
  [...textOf(file).matchAll(/```graphql\n(.*?)```/gs)].map(([, block = '']) => block);
const isOperation = (text: string) => /^\s*(#.*\n)*(\{|query|subscription)/.test(text);

const INTROSPECTION = getIntrospectionQuery({
  descriptions: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  directiveIsRepeatable: true,
  specifiedByUrl: true,
  oneOf: true,
});

const VARIABLES = {
  first: 100,
  reference: 'demo/app-1',
  representations: [{ __typename: 'Engine', name: 'e' }],
};
/** What is beyond a limit, or was not asked at all. */
const REFUSED =
  /_LIMIT$|PARSE_FAILED$|TOO_COMPLEX$|^BAD_USER_INPUT$|^PAGE_SIZE|^TOO_MANY|^RESPONSE/;

describe('the limits let through', () => {
  it.each<[string, readonly string[], number]>([
    ['the examples of GraphiQL', EXAMPLES, 9],
    ['the questions of docs/queries.md', blocksOf('docs/queries.md'), 17],
    ['those of the README', blocksOf('README.md'), 2],
    ['those of other pages', blocksOf('docs/federation.md').filter(isOperation), 1],
    ['what is measured', filesOf('bench/queries'), 9],
    ['operations of a frontend', filesOf('test/operations'), 2],
  ])('%s', { timeout: 120_000 }, async (_, queries, least) => {
    const gateway = createIndexGateway([createFixedIndex('e', manyImages(10_000))], {
      federation: true,
    });
    expect(queries.length).toBeGreaterThanOrEqual(least);
    const beyond = [];
    for (const query of queries) {
      const { errors = [] } = await gateway.ask(query, VARIABLES);
      const codes = errors.map(({ extensions }) => String(extensions['code']));
      if (codes.some((code) => REFUSED.test(code))) beyond.push([query, codes]);
    }
    expect(beyond).toEqual([]);
    gateway.close();
  });

  it.each([
    ['as they are', {}],
    ['as low as they may be', { tokens: 200, depth: 1, aliases: 0, rootFields: 1, fields: 1 }],
  ])('introspection, %s', async (_, limits) => {
    const gateway = createIndexGateway([], { limits: { ...limits } });
    const { status, data, errors } = await gateway.ask(INTROSPECTION);
    expect([status, errors]).toEqual([200, undefined]);
    expect(data.__schema.queryType).toMatchObject({ name: 'Query' });
    const type = await gateway.ask('{ __type(name: "Engine") { name fields { type { name } } } }');
    expect(type.data.__type.name).toBe('Engine');
    gateway.close();
  });
});
