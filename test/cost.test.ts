import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createImageEventLog } from '../src/image-index/image-event-log.ts';
import { connectTo, createTestGateway, type TestGateway } from './support/gateway.ts';
import type { HttpEngine } from './support/http-engine.ts';
import { containerdStore, idOf, startStandInEngine } from './support/stand-in-engine.ts';

const LIST = 'GET /v1.51/images/json?all=1&manifests=1';
const CONTAINERS = 'GET /v1.51/containers/json?all=1';
const SHARED = 'GET /v1.51/images/json?all=1&shared-size=1';

let http: HttpEngine;
let gateway: TestGateway;
beforeAll(async () => {
  http = await startStandInEngine(containerdStore(1_000));
  const engine = connectTo('e', http.dial);
  await engine.facts();
  gateway = createTestGateway([engine]);
});
beforeEach(() => void http.calls.splice(0));
afterAll(async () => {
  gateway.close();
  await http.close();
});

describe('what an operation over 1,000 images costs the engine', () => {
  it.each<[string, string, readonly string[]]>([
    ['no call for what the engine said of itself', '{ engines { name version status } }', []],
    [
      'one list for the fields of the list',
      '{ images(first: 1000) { totalCount totalSize nodes { id size labels { key } oci { title } } } }',
      [LIST],
    ],
    [
      'one list for parents, ancestors, children, repositories and manifests',
      `{ images(first: 1000) { nodes { parent { id } ancestors { id } children { totalCount }
         repoTags { repository { name images { totalCount } tags { totalCount } } }
         repoDigests { manifests { digest attestations { digest } image { id } } } platforms { name } } } }`,
      [LIST],
    ],
    [
      'two calls with containers and back',
      `{ images(first: 1000) { nodes { parent { id } repoDigests { manifests { digest } }
         containers inUse usedBy { nodes { name image { imageId } } } } } }`,
      [LIST, CONTAINERS],
    ],
    [
      'one more call for shared sizes',
      '{ images(first: 1000) { nodes { sharedSize uniqueSize } } }',
      [LIST, SHARED],
    ],
    [
      'no more for many root fields over the same engine',
      `{ a: images { totalCount } b: images(filter: { inUse: true }) { totalCount } c: imageRepositories { totalCount }
         d: image(reference: "demo/app-1:1") { containers } e: engine { images { totalCount } } }`,
      [LIST, CONTAINERS],
    ],
    [
      'one list for a hundred references',
      `{ imagesByReference(references: [${Array.from({ length: 100 }, (_, at) => `"demo/app-${at}:1"`).join()}]) { imageId } }`,
      [LIST],
    ],
  ])('%s', async (_, query, calls) => {
    const answer = await gateway.ask(query);
    expect(answer.errors).toBeUndefined();
    expect([...http.calls].sort()).toEqual([...calls].sort());
  });

  it('is one list for 200 equal operations at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => gateway.ask('{ images { totalCount } }')),
    );
    expect(new Set(answers.map(({ data }) => data.images.totalCount))).toEqual(new Set([1_000]));
    expect(http.calls).toEqual([LIST]);
  });

  it.each([
    '{ image(reference: "../containers/json") { id } }',
    '{ images(first: 0) { totalCount } }',
    '{ images(first: 1001) { totalCount } }',
    '{ images(first: 1, last: 1) { totalCount } }',
    '{ images(after: "../../") { totalCount } }',
    '{ images(engines: ["nope"]) { totalCount } }',
    '{ images(filter: { references: ["[a"] }) { totalCount } }',
    '{ images(filter: { createdAfter: "yesterday" }) { totalCount } }',
    '{ images(filter: { digests: ["sha256:zz"] }) { totalCount } }',
    '{ images(filter: { minSize: -1 }) { totalCount } }',
    '{ images(orderBy: [{ field: COLOUR }]) { totalCount } }',
    '{ imageRepositories(after: "x") { totalCount } }',
    '{ imageRepository(name: "a:1") { name } }',
    '{ node(id: "x") { id } }',
  ])('is nothing for bad input: %s', async (query) => {
    const { status, errors } = await gateway.ask(query);
    expect(status).toBe(200);
    expect(errors?.[0]?.extensions['code']).toMatch(
      /^(INVALID_REFERENCE|PAGE_SIZE_OUT_OF_RANGE|BAD_USER_INPUT|ENGINE_UNKNOWN)$/,
    );
    expect(http.calls).toEqual([]);
  });
});

describe('what an event of a subscription costs the engine', () => {
  it.each<[string, string, readonly string[]]>([
    ['no call for its own fields', 'cursor action time reference imageId engine { name }', []],
    [
      'what its image would cost by itself',
      'image { size parent { id } repoTags { repository { name } } usedBy { totalCount } }',
      [LIST, CONTAINERS],
    ],
  ])('is %s', async (_, fields, calls) => {
    const engine = connectTo('e', http.dial);
    await engine.facts();
    const events = createImageEventLog();
    const followed = createTestGateway([engine], { events, mode: 'LIVE' });
    http.calls.splice(0);
    const answers = followed.subscribe(`subscription { imageEvents { ${fields} } }`);
    const first = answers.next();
    await vi.waitFor(() => expect(events.followers).toBe(1));
    events.append({ engine: 'e', action: 'TAG', time: 1n, reference: null, imageId: idOf(2) });
    expect((await first).value?.errors).toBeUndefined();
    expect([...http.calls].sort()).toEqual([...calls].sort());
    events.close();
    followed.close();
  });
});

describe('the rows of an answer', () => {
  it('are 100,000 at most, counted with the real sizes of nested lists', async () => {
    const nested =
      '{ images(first: 1000) { nodes { ancestors { ancestors { id } children { nodes { children { nodes { id } } } } } } } }';
    const { errors } = await gateway.ask(
      `{ ${Array.from({ length: 30 }, (_, at) => `a${at}: images(first: 1000) { nodes { ancestors { id } children { nodes { id } } } }`).join(' ')} ${nested.slice(1)}`,
    );
    expect(errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
  });
});
