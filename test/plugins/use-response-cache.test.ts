import { beforeEach, describe, expect, it } from 'vitest';
import { createIndexGateway, type TestGateway } from '../support/gateway.ts';
import {
  createFixedIndex,
  type FixedIndex,
  manyImages,
  ODD_IMAGE,
} from '../support/fixed-index.ts';

const PAGE = '{ images(first: 3) { totalCount nodes { imageId usedBy { nodes { name } } } } }';

let index: FixedIndex;
let gateway: TestGateway;
beforeEach(() => {
  index = createFixedIndex('e', manyImages(20));
  gateway = createIndexGateway([index], { responseCacheBytes: 1_000_000 });
});

/** The answer as it is sent, and whether an index was read for it. */
async function send(body: object, accept?: string) {
  const before = index.reads;
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accept === undefined ? {} : { accept }) },
    body: JSON.stringify(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer()).toString('base64');
  const headers = Object.fromEntries(response.headers.entries());
  return { answer: { status: response.status, headers, bytes }, isRead: index.reads > before };
}

/** Whether the second of two requests was answered without a look at an index. */
async function isKept(body: object, change: () => void = () => {}): Promise<boolean> {
  await send(body);
  change();
  return !(await send(body)).isRead;
}

describe('an answer is given again', () => {
  it('to the byte, with the same status and headers', async () => {
    const first = await send({ query: PAGE });
    const second = await send({ query: PAGE });
    expect(second.answer).toEqual(first.answer);
    expect([first.isRead, second.isRead]).toEqual([true, false]);
  });

  it('in the media type that each client accepts', async () => {
    const accepts = ['application/json', 'application/graphql-response+json', '*/*'];
    const fresh = await Promise.all(accepts.map((accept) => sendFresh(accept)));
    await send({ query: PAGE });
    for (const [at, accept] of accepts.entries()) {
      const { answer, isRead } = await send({ query: PAGE }, accept);
      expect(isRead).toBe(false);
      expect(answer).toEqual(fresh[at]);
    }
  });

  it.each(['text/event-stream', 'multipart/mixed', 'text/html'])(
    'as %s exactly as it was the first time',
    async (accept) => {
      const fresh = await sendFresh(accept);
      await send({ query: PAGE });
      expect((await send({ query: PAGE }, accept)).answer).toEqual(fresh);
    },
  );

  it('for the same variables in another order, and for absent ones', async () => {
    const query = `query($filter: ImageFilter, $first: Int) { images(first: $first, filter: $filter) { totalCount } }`;
    const filter = { dangling: false, search: 'app' };
    await send({ query, variables: { first: 2, filter } });
    const turned = { filter: { search: 'app', dangling: false }, first: 2 };
    expect((await send({ query, variables: turned })).isRead).toBe(false);
    await send({ query });
    expect((await send({ query, variables: null })).isRead).toBe(false);
  });

  it('in whatever script its text is', async () => {
    index.content.images = [ODD_IMAGE];
    const query = '{ images { nodes { label(key: "quoted") } } }';
    const first = await send({ query });
    expect((await send({ query })).answer).toEqual(first.answer);
    const { data } = await gateway.ask(query);
    expect(data.images.nodes[0].label).toBe(ODD_IMAGE.labels[1]?.value);
  });

  it('and a request that is no GraphQL request is refused as ever', async () => {
    await send({ query: PAGE });
    const { answer } = await send({ query: PAGE, more: 1 });
    expect(answer.status).toBe(400);
  });
});

describe('another answer is made', () => {
  it.each<[string, object, object]>([
    ['for other variables', {}, { variables: { first: 1 } }],
    ['for another operation of the document', { operationName: 'A' }, { operationName: 'B' }],
  ])('%s', async (_, one, other) => {
    const query =
      'query A($first: Int) { images(first: $first) { totalCount } } query B { engines { name } }';
    const question = { query, operationName: 'A' };
    await send({ ...question, ...one });
    expect((await send({ ...question, ...other })).isRead).toBe(true);
  });

  it.each<[string, () => void]>([
    ['an index has changed', () => void (index.content.version = '2')],
    ['an engine was lost', () => void (index.content.status = 'UNAVAILABLE')],
    ['the state of an index cannot be told', () => void (index.content.version = null)],
  ])('when %s', async (_, change) => {
    expect(await isKept({ query: PAGE }, change)).toBe(false);
  });

  it('for one index that changes beside another that does not', async () => {
    const other = createFixedIndex('other');
    gateway = createIndexGateway([other, index], { responseCacheBytes: 1_000_000 });
    expect(await isKept({ query: PAGE })).toBe(true);
    expect(await isKept({ query: PAGE }, () => void (other.content.version = '2'))).toBe(false);
  });

  it('and shows the change', async () => {
    await send({ query: PAGE });
    index.content.images = index.content.images.slice(1);
    index.content.version = '2';
    expect((await gateway.ask(PAGE)).data.images.totalCount).toBe(19);
  });
});

describe('an answer is not kept', () => {
  it.each<[string, string]>([
    [
      'with an error beside data',
      '{ a: images { totalCount } b: images(first: 0) { totalCount } }',
    ],
    ['with an error instead of data', '{ images(first: 0) { totalCount } }'],
    [
      'that ages by itself',
      '{ images(filter: { inUse: true }) { nodes { usedBy { nodes { statusText } } } } }',
    ],
  ])('%s', async (_, query) => {
    expect(await isKept({ query })).toBe(false);
  });

  it('when an index gave something older than what was announced', async () => {
    index.content.stale = true;
    expect(await isKept({ query: PAGE })).toBe(false);
  });

  it('when an index has changed while it was made', async () => {
    const images = index.read;
    index.read = (signal) => {
      const reading = images(signal);
      const change = () => void (index.content.version = `${Number(index.content.version) + 1}`);
      return { ...reading, images: () => reading.images().finally(change) };
    };
    expect(await isKept({ query: PAGE })).toBe(false);
  });

  it('when an engine is missing in it', async () => {
    const dead = createFixedIndex('dead', { status: 'UNAVAILABLE' });
    gateway = createIndexGateway([dead, index], { responseCacheBytes: 1_000_000 });
    expect(await isKept({ query: PAGE })).toBe(false);
  });

  it('for variables that are nested deeper than any filter', async () => {
    const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    for (const depth of [40, 9_000]) {
      const response = await gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"query":"{ engines { name } }","variables":{"a":${deep(depth)}}}`,
      });
      expect(await response.json()).toEqual({ data: { engines: [{ name: 'e' }] } });
    }
  });

  it('for a number that is more than JSON has a text for, which is no null', async () => {
    const query = 'query ($n: Int) { images(first: $n) { totalCount } }';
    await send({ query, variables: { n: null } });
    const response = await gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query":"${query}","variables":{"n":1e999}}`,
    });
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('without a cache', async () => {
    gateway = createIndexGateway([index]);
    expect(await isKept({ query: PAGE })).toBe(false);
  });
});

it('keeps no more than it may: what was asked for last', async () => {
  gateway = createIndexGateway([index], { responseCacheBytes: 1_600 });
  const query = (at: number) => ({ query: `{ images(first: 3) { nodes { imageId } } } # ${at}` });
  for (let at = 0; at < 5; at++) await send(query(at));
  const isRead = [];
  for (let at = 4; at >= 0; at--) isRead.push((await send(query(at))).isRead);
  expect(isRead[0]).toBe(false);
  expect(isRead.at(-1)).toBe(true);
});

/** The answer of a gateway that has answered nothing before. */
async function sendFresh(accept: string) {
  gateway = createIndexGateway([index], { responseCacheBytes: 1_000_000 });
  return (await send({ query: PAGE }, accept)).answer;
}
