import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpGateway } from '../support/http-gateway.ts';
import { type Profile, startProfile } from './profiles.ts';

let local: Profile;
let exposed: Profile;
beforeAll(async () => {
  [local, exposed] = await Promise.all([startProfile(false), startProfile(true)]);
});
afterAll(() => Promise.all([local.gateway.close(), exposed.gateway.close()]));

describe('beyond loopback', () => {
  it('Q25: the schema is told to nobody, as it is on loopback', async () => {
    const query = getIntrospectionQuery();
    expect((await local.post({ query })).code).toBeNull();
    const { code, body } = await exposed.post({ query });
    expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(body).not.toContain('ImageSummary');
  });

  it.each([
    ['__type', '{ __type(name: "ImageSummary") { name } }'],
    ['__schema in a fragment', '{ ...a } fragment a on Query { __schema { queryType { name } } }'],
  ])('Q25: nor in pieces: %s', async (_, query) => {
    expect((await exposed.post({ query })).code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('__typename is told, which clients need', async () => {
    expect(JSON.parse((await exposed.post({ query: '{ __typename }' })).body)).toEqual({
      data: { __typename: 'Query' },
    });
  });

  it.each([
    ['a field', '{ imagess { totalCount } }'],
    ['a type', '{ images { nodes { ... on ImageSumary { id } } } }'],
    ['an argument', '{ images(firts: 1) { totalCount } }'],
    ['an enum value', '{ images(orderBy: [{ field: SIZZE, direction: ASC }]) { totalCount } }'],
    ['a field of an input', '{ images(filter: { serch: "a" }) { totalCount } }'],
    [
      'an enum value of a variable',
      'query($f: ImageOrderField!) { images(orderBy: [{ field: $f, direction: ASC }]) { totalCount } }',
    ],
    ['an argument of a directive', '{ images @include(iff: true) { totalCount } }'],
    ['a variable', 'query($first: Int) { images(first: $frist) { totalCount } }'],
    ['a fragment', '{ ...abc } fragment abd on Query { __typename }'],
    ['a type of a variable', 'query($f: ImageFiltre) { images(filter: $f) { totalCount } }'],
  ])('Q27: nobody guesses what was meant: %s', async (_, query) => {
    const { body, code } = await exposed.post({ query, variables: { f: 'SIZZE' } });
    expect(code).toMatch(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/);
    expect(body).not.toMatch(/did you mean/i);
  });

  it('Q28: there is no page', async () => {
    const answer = await exposed.request('GET', '/graphql', { Accept: 'text/html' });
    expect([answer.status, answer.code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(answer.body).not.toContain('<');
  });
});

describe('trusted documents beyond loopback', () => {
  it('may ask for the schema, which then nobody else can', async () => {
    const query = '{ __schema { queryType { name } } }';
    const gateway = await startHttpGateway({
      gateway: { exposed: true, trustedDocuments: new Map([['a', query]]) },
    });
    const post = async (body: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(gateway.url, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return answer.json();
    };
    expect(await post({ documentId: 'a' })).toEqual({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
    expect(await post({ query: '{ __schema { types { name } } }' })).toMatchObject({
      errors: [{ extensions: { code: 'TRUSTED_DOCUMENTS_ONLY' } }],
    });
    await gateway.close();
  });
});

describe('a subgraph beyond loopback', () => {
  it.each([
    ['Q24: entities', '{ _entities(representations: []) { __typename } }'],
    ['Q29: the schema', '{ _service { sdl } }'],
  ])('%s: is there for routers with the token only', async (_, query) => {
    const token = 'of-a-router-and-long-enough-to-be-one';
    const gateway = await startHttpGateway({
      server: { token },
      gateway: { federation: true, exposed: true },
    });
    const post = (headers: object) =>
      fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
    const refused = await post({});
    expect([refused.status, await refused.json()]).toMatchObject([
      401,
      { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
    const answered = await post({ authorization: `Bearer ${token}` });
    expect(Object.keys((await answered.json()) as object)).toEqual(['data']);
    await gateway.close();
  });
});
