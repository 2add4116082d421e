import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createImageEventLog } from '../src/image-index/image-event-log.ts';
import { ANY_DOCUMENT, connectTo, createTestGateway, type TestGateway } from './support/gateway.ts';
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
  gateway = createTestGateway([engine], { limits: ANY_DOCUMENT });
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

  const images = (args: string) => `images(${args}) { totalCount }`;
  it.each<[string, string, unknown]>([
    ['ImageReference!', 'image(reference: $v) { id }', '../containers/json'],
    ['Int', images('first: $v'), 0],
    ['Int', images('first: $v'), 1_001],
    ['Int', images('first: $v, last: 1'), 1],
    ['Int', images('first: $v'), 'x'],
    ['Int', images('first: $v'), 2.5],
    ['String', images('after: $v'), '../../'],
    ['Boolean!', images('all: $v'), 'x'],
    ['[String!]', images('engines: $v'), ['nope']],
    ['[String!]', images('filter: { references: $v }'), ['[a']],
    ['DateTime', images('filter: { createdAfter: $v }'), 'yesterday'],
    ['[Digest!]', images('filter: { digests: $v }'), ['sha256:zz']],
    ['ByteSize', images('filter: { minSize: $v }'), -1],
    ['ImageFilter', images('filter: $v'), { colour: 'red' }],
    ['ImageFilter', images('filter: $v'), { dangling: 1 }],
    ['[ImageOrder!]', images('orderBy: $v'), [{ field: 'COLOUR' }]],
    ['String', 'imageRepositories(after: $v) { totalCount }', 'x'],
    ['String!', 'imageRepository(name: $v) { name }', 'a:1'],
    ['ID!', 'node(id: $v) { id }', 'x'],
    ['ID!', 'node(id: $v) { id }', {}],
  ])('is nothing for a bad %s in a variable: %s, %j', async (type, field, v) => {
    const { status, errors } = await gateway.ask(`query ($v: ${type}) { ${field} }`, { v });
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

/** Fragments f0 to f9 on a type, each with the next one twice: 512 of the last. */
function doubling(type: string, select: (next: string) => string): string {
  const fragments = Array.from({ length: 9 }, (_, at) => {
    const next = `{ ...f${at + 1} }`;
    return `fragment f${at} on ${type} { a: ${select(next)} ${select(next)} }`;
  });
  return `${fragments.join(' ')} fragment f9 on ${type} { __typename }`;
}

describe('the rows of an answer', () => {
  it('are 100,000 at most, counted with the real sizes of nested lists', async () => {
    const nested =
      '{ images(first: 1000) { nodes { ancestors { ancestors { id } children { nodes { children { nodes { id } } } } } } } }';
    const { errors } = await gateway.ask(
      `{ ${Array.from({ length: 30 }, (_, at) => `a${at}: images(first: 1000) { nodes { ancestors { id } children { nodes { id } } } }`).join(' ')} ${nested.slice(1)}`,
    );
    // And nothing else: the operation ends there.
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['QUERY_TOO_COMPLEX']);
  });

  const first = '"demo/app-1:1"';
  it.each<[string, string]>([
    [
      'manifests and back, sixteen times',
      `{ images(first: 1000) { nodes { ${'manifests { image { '.repeat(16)} id ${'} } '.repeat(16)} } } }`,
    ],
    [
      'tags and back, under many aliases',
      `{ images(first: 1000) { nodes { ${Array.from({ length: 100 }, (_, at) => `a${at}: repoTags { tag }`).join(' ')} } } }`,
    ],
    [
      'digests and their manifests',
      `{ images(first: 1000) { nodes { ${'repoDigests { manifests { image { '.repeat(12)} id ${'} } } '.repeat(12)} } } }`,
    ],
    [
      'labels, platforms and annotations, under many aliases',
      `{ images(first: 1000) { nodes { ${Array.from({ length: 40 }, (_, at) => `a${at}: labels { key } b${at}: platforms { os }`).join(' ')} } } }`,
    ],
  ])('are counted in plain lists too: %s', async (_, query) => {
    const { errors } = await gateway.ask(query);
    expect(errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
  });

  const few = { ...ANY_DOCUMENT, rows: 500 };
  it.each<[string, string]>([
    [
      'names that are doubled',
      `{ image(reference: ${first}) { ...f0 } } ${doubling('ImageSummary', (next) => `repoTags { image ${next} }`)}`,
    ],
    [
      'manifests that are doubled',
      `{ image(reference: ${first}) { manifests { ...f0 } } } ${doubling('ImageManifestSummary', (next) => `image { manifests ${next} }`)}`,
    ],
  ])('are counted in single things too: %s', async (_, query) => {
    const over = createTestGateway([connectTo('e', http.dial)], { limits: few });
    const { errors } = await over.ask(query);
    expect(errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
    over.close();
  });

  it('are counted where an image is its own parent', async () => {
    const own = await startStandInEngine({
      images: [{ Id: idOf(1), ParentId: idOf(1), RepoTags: ['own:1'] }],
    });
    const over = createTestGateway([connectTo('e', own.dial)], { limits: few });
    const { errors } = await over.ask(
      `{ images { nodes { ...f0 } } } ${doubling('ImageSummary', (next) => `parent ${next}`)}`,
    );
    expect(errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
    over.close();
    await own.close();
  });
});
