import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { FixedContent } from '../support/fixed-index.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { ANY_DOCUMENT, createIndexGateway, type TestGateway } from '../support/gateway.ts';
import { idOf } from '../support/stand-in-engine.ts';
import { createSubgraph } from '../../src/schema/subgraph.ts';

const NAMES = ['one', 'two'];

let gateway: TestGateway | null = null;
afterEach(() => gateway?.close());

function open(rest: Partial<FixedContent> = {}) {
  const indexes = NAMES.map((name, at) =>
    createFixedIndex(name, { ...manyImages(100), ...(at === 1 ? rest : {}) }),
  );
  gateway = createIndexGateway(indexes, { federation: true });
  return { gateway, indexes };
}

const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename
  ... on Engine { name }
  ... on EngineContainer { name }
  ... on ImageSummary { imageId engine { name } }
  ... on ImageManifestSummary { digest }
  ... on ImageRepository { name }
  ... on ImageName { reference images { imageId engine { name } } }
  ... on ImageContent { digest images { imageId engine { name } } manifests { digest } }
} }`;

async function entities(...representations: readonly unknown[]) {
  const { gateway } = open();
  const { data, errors } = await gateway.ask(ENTITIES, { representations });
  return { found: data?._entities, errors };
}

const MANIFEST = `sha256:a${(7).toString(16).padStart(63, '0')}`;

describe('an entity', () => {
  it('is found by each of its keys', async () => {
    const { gateway } = open();
    const { data } = await gateway.ask(`{
      engine(name: "two") { id name
        image(reference: "demo/app-10:latest") { id imageId engine { name }
          manifests { id digest } usedBy(first: 1) { nodes { id name } } } }
      imageRepository(name: "demo/app-10", engine: "two") { id name } }`);
    const { image } = data.engine;
    const [manifest] = image.manifests;
    const [container] = image.usedBy.nodes;
    const keys = [
      { __typename: 'Engine', name: 'two' },
      { __typename: 'EngineContainer', id: container.id },
      { __typename: 'ImageSummary', id: image.id },
      { __typename: 'ImageSummary', imageId: image.imageId, engine: { name: 'two' } },
      { __typename: 'ImageManifestSummary', id: manifest.id },
      { __typename: 'ImageRepository', id: data.imageRepository.id },
    ];
    const { data: found } = await gateway.ask(ENTITIES, { representations: keys });
    expect(found._entities).toEqual([
      { __typename: 'Engine', name: 'two' },
      { __typename: 'EngineContainer', name: container.name },
      { __typename: 'ImageSummary', imageId: image.imageId, engine: { name: 'two' } },
      { __typename: 'ImageSummary', imageId: image.imageId, engine: { name: 'two' } },
      { __typename: 'ImageManifestSummary', digest: manifest.digest },
      { __typename: 'ImageRepository', name: 'demo/app-10' },
    ]);
  });

  it.each([
    'demo/app-10:latest',
    'docker.io/demo/app-10:latest',
    'demo/app-10',
    `demo/app-10@${idOf(10)}`,
    `docker.io/demo/app-10@${idOf(10)}`,
  ])('ImageName is found on every engine as %s', async (reference) => {
    const { found } = await entities({ __typename: 'ImageName', reference });
    const images = NAMES.map((name) => ({ imageId: idOf(10), engine: { name } }));
    expect(found).toEqual([{ __typename: 'ImageName', reference, images }]);
  });

  it('ImageName is there also when no engine has it', async () => {
    const { found } = await entities({ __typename: 'ImageName', reference: 'nobody/has:this' });
    expect(found).toEqual([{ __typename: 'ImageName', reference: 'nobody/has:this', images: [] }]);
  });

  it.each([
    ['an image ID', idOf(7), [idOf(7)], []],
    ['a manifest', MANIFEST, [idOf(7)], [MANIFEST]],
    ['a layer', idOf(1_000_007), [idOf(9), idOf(8), idOf(7)], []],
    ['nothing', `sha256:${'9'.repeat(64)}`, [], []],
  ])('ImageContent is found by the digest of %s', async (_what, digest, ids, manifests) => {
    const { found } = await entities({ __typename: 'ImageContent', digest });
    const images = NAMES.flatMap((name) => ids.map((imageId) => ({ imageId, engine: { name } })));
    const expected = NAMES.flatMap(() => manifests.map((digest) => ({ digest })));
    expect(found).toEqual([{ __typename: 'ImageContent', digest, images, manifests: expected }]);
  });
});

describe('a representation', () => {
  const GOOD = { __typename: 'Engine', name: 'one' };
  it.each([
    [{ __typename: 'Nothing', id: 'x' }, 'BAD_USER_INPUT'],
    [{ __typename: 'PageInfo' }, 'BAD_USER_INPUT'],
    [{ id: 'x' }, 'BAD_USER_INPUT'],
    [5, 'BAD_USER_INPUT'],
    ['ImageSummary', 'BAD_USER_INPUT'],
    [{ __typename: 'ImageSummary' }, 'BAD_USER_INPUT'],
    [{ __typename: 'ImageSummary', id: 5 }, 'BAD_USER_INPUT'],
    [{ __typename: 'ImageSummary', id: 'secret-value' }, 'BAD_USER_INPUT'],
    [{ __typename: 'ImageSummary', imageId: 'x', engine: null }, 'BAD_USER_INPUT'],
    [{ __typename: 'ImageName', reference: '../secret-value' }, 'INVALID_REFERENCE'],
    [{ __typename: 'ImageContent', digest: 'secret-value' }, 'BAD_USER_INPUT'],
  ])('such as %j leaves the others', async (bad, code) => {
    const { found, errors } = await entities(GOOD, bad, GOOD);
    expect(found).toEqual([GOOD, null, GOOD]);
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code } }]);
    expect(JSON.stringify(errors)).not.toContain('secret-value');
  });

  it.each([
    { __typename: 'Engine', name: 'nowhere' },
    { __typename: 'ImageSummary', imageId: idOf(7), engine: { name: 'nowhere' } },
    { __typename: 'ImageSummary', imageId: idOf(999_999), engine: { name: 'one' } },
  ])('of what is not there is null: %j', async (gone) => {
    expect(await entities(gone)).toEqual({ found: [null], errors: undefined });
  });

  it('of an engine that is away costs itself only', async () => {
    const { gateway } = open({ status: 'UNAVAILABLE' });
    const of = (name: string) => ({
      __typename: 'ImageSummary',
      imageId: idOf(7),
      engine: { name },
    });
    const name = { __typename: 'ImageName', reference: 'demo/app-10' };
    const representations = [of('one'), of('two'), name];
    const { data, errors } = await gateway.ask(ENTITIES, { representations });
    expect(data._entities[0]).toMatchObject({ imageId: idOf(7) });
    expect(data._entities[1]).toBeNull();
    expect(data._entities[2].images).toMatchObject([{ engine: { name: 'one' } }]);
    expect(errors?.map(({ extensions }) => extensions['code'])).toContain('ENGINE_UNAVAILABLE');
  });

  it('is one of 100 at most', async () => {
    const { gateway } = open();
    const representations = Array.from({ length: 101 }, () => GOOD);
    const { errors } = await gateway.ask(ENTITIES, { representations });
    expect(errors).toMatchObject([{ extensions: { code: 'TOO_MANY_REPRESENTATIONS' } }]);
  });

  it('counts each look-up, also where nothing is found', async () => {
    const engines = Array.from({ length: 8 }, (_, at) => createFixedIndex(`e${at}`, manyImages(1)));
    gateway = createIndexGateway(engines, { federation: true, limits: ANY_DOCUMENT });
    const aliases = Array.from({ length: 150 }, (_, at) => `a${at}: images { id } `).join('');
    const nowhere = { __typename: 'ImageContent', digest: `sha256:${'9'.repeat(64)}` };
    const nobody = { __typename: 'ImageName', reference: 'nobody/has:this' };
    for (const one of [nowhere, nobody]) {
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
        ... on ${one.__typename} { ${aliases} } } }`;
      const r = Array.from({ length: 100 }, () => one);
      const { errors } = await gateway.ask(query, { r });
      expect(errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
    }
  });

  it('is one of a hundred of four kinds that read each engine once', async () => {
    const { gateway, indexes } = open();
    const representations = Array.from({ length: 25 }, (_, at) => [
      { __typename: 'ImageName', reference: `demo/app-${at + 1}` },
      { __typename: 'ImageContent', digest: idOf(at + 1) },
      { __typename: 'ImageSummary', imageId: idOf(at + 1), engine: { name: 'one' } },
      { __typename: 'Engine', name: 'two' },
    ]).flat();
    const before = indexes.map(({ reads }) => reads);
    const { data, errors } = await gateway.ask(ENTITIES, { representations });
    expect(errors).toBeUndefined();
    expect(data._entities).not.toContain(null);
    expect(indexes.map(({ reads }, at) => reads - (before[at] ?? 0))).toEqual([1, 1]);
  });
});

describe('the subgraph', () => {
  const { sdl } = createSubgraph();

  it('is what subgraph.graphql says, and what _service tells', async () => {
    const { gateway } = open();
    expect(readFileSync(new URL('../../subgraph.graphql', import.meta.url), 'utf8')).toBe(sdl);
    const { data } = await gateway.ask('{ _service { sdl } }');
    expect(data._service.sdl).toBe(sdl);
  });

  it('tells its SDL only so many times in one answer', async () => {
    gateway = createIndexGateway([createFixedIndex('one')], {
      federation: true,
      limits: ANY_DOCUMENT,
    });
    const aliases = Array.from({ length: 101 }, (_, at) => `a${at}: sdl`).join(' ');
    const { errors } = await gateway.ask(`{ _service { ${aliases} } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  });

  it('still answers node, which its SDL leaves out', async () => {
    const { gateway } = open();
    const { data } = await gateway.ask('{ engines { id } }');
    const { data: found } = await gateway.ask('query ($id: ID!) { node(id: $id) { id } }', {
      id: data.engines[0].id,
    });
    expect(found.node).toEqual(data.engines[0]);
    expect(sdl).not.toMatch(/^ {2}nodes?\(/m);
  });

  it('is served only where federation is on', async () => {
    gateway = createIndexGateway([createFixedIndex('one')]);
    const { errors } = await gateway.ask('{ _service { sdl } }');
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });
});
