import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { getIntrospectionQuery } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayOptions } from '../../src/gateway.ts';
import { parseManifest } from '../../src/trusted-documents/manifest.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway, type TestGateway } from '../support/gateway.ts';
import { idOf } from '../support/stand-in-engine.ts';

const GRAPHQL = 'application/graphql-response+json';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const ENGINES = 'query Engines { engines { name } }';
const manifest = new Map([
  [hashOf(ENGINES), ENGINES],
  ['relay-id', 'query Count($first: Int) { images(first: $first) { totalCount } }'],
]);

let gateway: TestGateway;
afterEach(() => gateway.close());

function open(options: Partial<GatewayOptions> = { trustedDocuments: manifest }) {
  gateway = createIndexGateway([createFixedIndex('e', manyImages(3))], options);
}

async function send(body: object, accept = 'application/json') {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });
  const { data, errors = [] } = await response.json();
  const codes = errors.map(({ extensions }: any) => extensions.code);
  return { status: response.status, data, codes };
}

const persisted = (sha256Hash: unknown) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});
const answer = { status: 200, data: { engines: [{ name: 'e' }] }, codes: [] };

describe('with trusted documents', () => {
  it.each<[string, object]>([
    ['a hash, as clients of Apollo send it', persisted(hashOf(ENGINES))],
    ['a hash with its algorithm', persisted(`sha256:${hashOf(ENGINES)}`)],
    [
      'the id of a document, as the draft of GraphQL over HTTP has it',
      { documentId: `sha256:${hashOf(ENGINES)}` },
    ],
    ['the text of a document', { query: ENGINES }],
    ['a hash with the text', { query: ENGINES, ...persisted(hashOf(ENGINES)) }],
    [
      'a hash with another text, which is not looked at',
      { query: '{ no }', ...persisted(hashOf(ENGINES)) },
    ],
    ['an unknown hash with a known text', { query: ENGINES, ...persisted(hashOf('x')) }],
  ])('%s runs', async (_, body) => {
    open();
    // A second time, when everything is known.
    for (const _time of [1, 2]) expect(await send(body)).toEqual(answer);
  });

  it('an id that is no hash runs, with variables', async () => {
    open();
    const body = { documentId: 'relay-id', variables: { first: 1 } };
    expect(await send(body)).toMatchObject({ data: { images: { totalCount: 3 } }, codes: [] });
    const tooMany = { documentId: 'relay-id', variables: { first: 1_001 } };
    expect((await send(tooMany)).codes).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
  });

  it.each<[string, object, number, number, string]>([
    ['Q32 an unknown hash', persisted(hashOf('x')), 200, 400, 'PERSISTED_QUERY_NOT_FOUND'],
    ['Q32 an unknown id', { documentId: 'constructor' }, 200, 400, 'PERSISTED_QUERY_NOT_FOUND'],
    ['Q32 a free query', { query: '{ engines { name } }' }, 400, 400, 'TRUSTED_DOCUMENTS_ONLY'],
    ['Q32 a space more', { query: `${ENGINES} ` }, 400, 400, 'TRUSTED_DOCUMENTS_ONLY'],
    [
      'Q32 a free query under an unknown hash',
      { query: '{ engines { name } }', ...persisted('x') },
      400,
      400,
      'TRUSTED_DOCUMENTS_ONLY',
    ],
    ['Q32 introspection', { query: getIntrospectionQuery() }, 400, 400, 'TRUSTED_DOCUMENTS_ONLY'],
    ['Q32 what does not parse', { query: '{' }, 400, 400, 'TRUSTED_DOCUMENTS_ONLY'],
    ['no query', {}, 400, 400, 'BAD_REQUEST'],
    ['a number for an id', { documentId: 1 }, 400, 400, 'BAD_REQUEST'],
    ['a list for a hash', persisted([hashOf(ENGINES)]), 400, 400, 'BAD_REQUEST'],
  ])('%s does not run', async (_, body, status, specStatus, code) => {
    open({ trustedDocuments: manifest, responseCacheBytes: 1_000_000 });
    await send({ query: ENGINES });
    for (const _time of [1, 2]) {
      expect(await send(body)).toEqual({ status, data: undefined, codes: [code] });
      expect((await send(body, GRAPHQL)).status).toBe(specStatus);
    }
  });

  it('introspection runs where it is in the manifest', async () => {
    open({ trustedDocuments: new Map([['schema', '{ __schema { queryType { name } } }']]) });
    const { data } = await send({ documentId: 'schema' });
    expect(data.__schema.queryType.name).toBe('Query');
  });

  it('the manifest that codegen has written runs', async () => {
    const file = new URL('../operations/generated/persisted-documents.json', import.meta.url);
    const written = parseManifest(readFileSync(file, 'utf8'));
    open({ trustedDocuments: written });
    const [id] = [...(written ?? [])].find(([, text]) => text.includes('ImageDetails')) ?? [];
    const { data, codes } = await send({ documentId: id, variables: { reference: 'demo/app-1' } });
    expect(codes).toEqual([]);
    expect(data.image.imageId).toBe(idOf(1));
  });

  it('one of more tokens than others may have runs', async () => {
    const text = `{ engines { ${'name '.repeat(495)} } }`;
    open({ trustedDocuments: new Map([['long', text]]), limits: { tokens: 200 } });
    expect(await send({ documentId: 'long' })).toEqual(answer);
  });

  it('none is taken that does not parse, fit the schema or keep the limits, each named', () => {
    const bad = new Map([
      ['good', ENGINES],
      ['cut', '{ engines {'],
      ['unknown', '{ engines { nothing } }'],
      ['mutation', 'mutation { removeImage }'],
      ['fragment', 'fragment F on Query { engines { name } }'],
      [
        'aliases',
        `{ engines { ${Array.from({ length: 31 }, (_, at) => `a${at}: name`).join(' ')} } }`,
      ],
      ['deep\n', '{'.repeat(100_000)],
    ]);
    const lines: string[] = [];
    try {
      open({ trustedDocuments: bad });
    } catch (error) {
      lines.push(...(error as Error).message.split('\n'));
    }
    open();
    expect(lines.map((line) => /^Trusted document ("[^"]+"): /.exec(line)?.[1])).toEqual(
      [...bad.keys()].slice(1).map((id) => JSON.stringify(id)),
    );
  });
});

describe('without trusted documents', () => {
  it('an id alone is not found, and with a query means nothing', async () => {
    open({});
    for (const id of [persisted(hashOf(ENGINES)), { documentId: 'x' }]) {
      expect(await send(id)).toEqual({
        status: 200,
        data: undefined,
        codes: ['PERSISTED_QUERY_NOT_FOUND'],
      });
      expect((await send(id, GRAPHQL)).status).toBe(400);
      expect(await send({ ...id, query: ENGINES })).toEqual(answer);
    }
  });

  it('Apollo Client with automatic persisted queries sends the query then', async () => {
    open({});
    const bodies: any[] = [];
    const link = new PersistedQueryLink({ sha256: hashOf }).concat(
      new HttpLink({
        uri: 'http://localhost/graphql',
        fetch: ((input: string, init: { body: string }) => {
          bodies.push(JSON.parse(init.body));
          return gateway.fetch(input, init as object);
        }) as typeof fetch,
      }),
    );
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    const { data } = await client.query<any>({ query: gql(ENGINES) });
    expect(data.engines).toMatchObject([{ name: 'e' }]);
    expect(bodies.map(({ query }) => query !== undefined)).toEqual([false, true]);
    client.stop();
  });
});
