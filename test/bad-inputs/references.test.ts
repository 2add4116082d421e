import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRegistries } from '../../src/registry/registries.ts';
import { type HttpGateway, startHttpGateway } from '../support/http-gateway.ts';
import { BAD_REFERENCES, DIGEST } from './bad-references.ts';

let gateway: HttpGateway;
beforeAll(async () => {
  const credentials = { find: async () => null };
  const registries = createRegistries({ allowed: ['docker.io', 'ghcr.io'], credentials });
  gateway = await startHttpGateway({ gateway: { registries, federation: true } });
});
beforeEach(() => void gateway.calls.splice(0));
afterAll(() => gateway.close());

async function ask(query: string, variables: object) {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return { status: response.status, text, ...(JSON.parse(text) as { data: any; errors: any[] }) };
}

/** Every place that takes a reference. */
const PLACES = [
  ['image', 'query ($r: ImageReference!) { image(reference: $r) { id } }'],
  [
    'imagesByReference',
    'query ($r: ImageReference!) { imagesByReference(references: [$r]) { id } }',
  ],
  [
    'ImageFilter',
    'query ($r: ImageReference!) { images(filter: { createdAfterImage: $r }) { totalCount } }',
  ],
] as const;
/** What of a text fits into a request. */
const MOST = 200_000;

describe.each(PLACES)('what is no reference, in %s,', (_place, query) => {
  it.each(BAD_REFERENCES)(
    '%s: %s: reaches no engine, and is not repeated',
    async (_, _what, texts) => {
      for (const text of texts.map((whole) => whole.slice(0, MOST))) {
        const answer = await ask(query, { r: text });
        expect([answer.status, answer.errors[0].extensions.code]).toEqual([
          200,
          'INVALID_REFERENCE',
        ]);
        if (text.length > 5) expect(answer.text).not.toContain(JSON.stringify(text).slice(1, -1));
        expect(answer.text.length).toBeLessThan(1_000);
      }
      expect(gateway.calls).toEqual([]);
      expect(gateway.hidden).toEqual([]);
    },
  );
});

describe('B95: 1 MB of a reference', () => {
  it('is too large for a request', async () => {
    const { status, errors } = await ask(PLACES[0][1], { r: 'a'.repeat(1_000_000) });
    expect([status, errors[0].extensions.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });
});

describe('B96 to B102: what is a reference', () => {
  it.each([
    'alpine',
    'alpine:3',
    'lib/alpine',
    'localhost:5000/a/b:1',
    `ghcr.io/a/b@${DIGEST}`,
    DIGEST,
    'a/b__c-d.e:T_1.x',
    'demo/app-1:1',
  ])('%s: is looked up', async (r) => {
    const { data, errors } = await ask(PLACES[0][1], { r });
    expect(errors).toBeUndefined();
    expect(data.image === null).toBe(r !== 'demo/app-1:1');
  });
});

/** What a name leads to in its registry: names come from platforms that know no engine. */
const askRegistry = (reference: string) =>
  ask(
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on ImageName { registry { descriptor { size } } } } }',
    { r: [{ __typename: 'ImageName', reference }] },
  );

describe('a registry that is not allowed', () => {
  it.each([
    ['B103', '127.0.0.1:5000/x'],
    ['B103', 'localhost/x'],
    ['B103', '[::1]:1/x'],
    ['B104', '169.254.169.254/x'],
    ['B104', '10.0.0.1/x'],
    ['B104', '0x7f.1/x'],
    ['B105', 'evil.example/x'],
    ['B105', 'ghcr.io.evil.example/x'],
    ['B105', 'ghcr.io:443/x'],
  ])('%s: %s: is not asked, nor is the engine', async (_, reference) => {
    const { text, errors } = await askRegistry(reference);
    expect(errors[0].extensions.code).toBe('REGISTRY_NOT_ALLOWED');
    expect(text).not.toContain(reference);
    expect(gateway.calls).toEqual([]);
  });

  it('B104: digits alone are a path of Docker Hub, not an address', async () => {
    await askRegistry('2130706433/x');
    expect(gateway.calls).toEqual(['GET /v1.51/distribution/docker.io/2130706433/x:latest/json']);
  });

  it('B106: a name that is allowed is asked wherever it leads: the list decides, not its address', async () => {
    await askRegistry('ghcr.io/a/b');
    expect(gateway.calls).toEqual(['GET /v1.51/distribution/ghcr.io/a/b:latest/json']);
  });
});

describe('what would be needed to change anything', () => {
  it.each([
    ['B107, B110: to pull', 'mutation { pullImage(reference: "a") { id } }'],
    ['B108: to tag', 'mutation { tagImage(reference: "a", target: "a&tag=evil") { id } }'],
    ['B109: to say who asks a registry', '{ image(reference: "a", auth: "x") { id } }'],
    ['B113: to remove', 'mutation { removeImage(reference: "a", force: true) { id } }'],
    ['B114: to prune', 'mutation { pruneImages { reclaimedSize } }'],
  ])('%s: does not exist', async (_, query) => {
    const { errors, data } = await ask(query, {});
    expect(data ?? null).toBeNull();
    expect(errors[0].extensions.code).toMatch(/^(GRAPHQL_VALIDATION|OPERATION_RESOLUTION)_FAIL/);
    expect(gateway.calls).toEqual([]);
  });
});
