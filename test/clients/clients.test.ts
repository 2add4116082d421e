import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { parse } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';
import { idOf } from '../support/stand-in-engine.ts';
import {
  ImageDetailsDocument,
  ImagesPageDocument,
  type ImagesPageQuery,
  type TypedDocumentString,
} from '../operations/generated/graphql.ts';

const gateway = createIndexGateway([createFixedIndex('e', manyImages(100))]);
afterAll(() => gateway.close());

/** The gateway in the place of the network. */
const fetchFromGateway = ((input: string | URL | Request, init?: RequestInit) =>
  gateway.fetch(input as string, init as object)) as typeof fetch;
const URL_OF_GATEWAY = 'http://localhost/graphql';

/** What a frontend without any client library does. */
async function send<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetchFromGateway(URL_OF_GATEWAY, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: String(document), variables }),
  });
  const { data } = (await response.json()) as { data: Result };
  return data;
}

type Page = NonNullable<ImagesPageQuery['images']>;

/** All images, page by page. */
async function readAll(
  read: (after: string | null) => Promise<ImagesPageQuery['images'] | undefined>,
): Promise<string[]> {
  const found: string[] = [];
  let after: string | null = null;
  do {
    const { nodes, pageInfo } = (await read(after)) as Page;
    found.push(...nodes.map(({ imageId }) => imageId));
    after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return found;
}

const ALL = Array.from({ length: 100 }, (_, at) => idOf(at + 1)).sort();
const PAGE = 30;

describe('pages of images are read by', () => {
  it('fetch and a typed document', async () => {
    const ids = await readAll(
      async (after) => (await send(ImagesPageDocument, { first: PAGE, after })).images,
    );
    expect(ids.sort()).toEqual(ALL);
  });

  it('urql', async () => {
    const client = new Client({
      url: URL_OF_GATEWAY,
      fetch: fetchFromGateway,
      exchanges: [cacheExchange, fetchExchange],
      preferGetMethod: false,
    });
    const ids = await readAll(async (after) => {
      const document = String(ImagesPageDocument);
      const result = await client
        .query<ImagesPageQuery>(document, { first: PAGE, after })
        .toPromise();
      expect(result.error).toBeUndefined();
      return result.data?.images;
    });
    expect(ids.sort()).toEqual(ALL);
  });

  it('Apollo Client, whose cache knows images by their ids', async () => {
    const cache = new InMemoryCache();
    const link = new HttpLink({ uri: URL_OF_GATEWAY, fetch: fetchFromGateway });
    const client = new ApolloClient({ cache, link });
    const query = gql(String(ImagesPageDocument));
    const ids = await readAll(async (after) => {
      const variables = { first: PAGE, after };
      return (await client.query<ImagesPageQuery>({ query, variables })).data?.images;
    });
    expect(ids.sort()).toEqual(ALL);
    const known = Object.keys(cache.extract()).filter((key) => key.startsWith('ImageSummary:'));
    expect(known).toHaveLength(100);
    client.stop();
  });
});

it('one image is read by a typed document', async () => {
  const { image } = await send(ImageDetailsDocument, { reference: 'demo/app-10' });
  expect(image).toMatchObject({ imageId: idOf(10), usedBy: { totalCount: 1 } });
});

it('the manifest of operations has each of them under its hash', () => {
  const file = new URL('../operations/generated/persisted-documents.json', import.meta.url);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const names = Object.values(manifest).map((text) =>
    parse(text).definitions.flatMap((one) => ('operation' in one ? [one.name?.value] : [])),
  );
  expect(names.flat().sort()).toEqual(['ImageDetails', 'ImagesPage']);
  for (const [key, text] of Object.entries(manifest)) {
    expect(key).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
  }
});
