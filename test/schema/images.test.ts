import { afterEach, describe, expect, it } from 'vitest';
import { connectTo, createTestGateway, type TestGateway } from '../support/gateway.ts';
import type { HttpEngine } from '../support/http-engine.ts';
import {
  idOf,
  type ImageJson,
  type StandIn,
  startStandInEngine,
} from '../support/stand-in-engine.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function gatewayOver(
  engines: Record<string, StandIn | (() => StandIn) | null>,
): Promise<TestGateway> {
  const connected = [];
  for (const [name, content] of Object.entries(engines)) {
    const http: HttpEngine | null = content === null ? null : await startStandInEngine(content);
    if (http !== null) open.push(http);
    connected.push(connectTo(name, http?.dial ?? dead.dial));
  }
  await Promise.all(connected.map((engine) => engine.facts()));
  const gateway = createTestGateway(connected);
  open.unshift(gateway);
  return gateway;
}

const dead = await startStandInEngine({ images: [] });
await dead.close();

const image = (number: number, rest: Partial<ImageJson> = {}): ImageJson => ({
  Id: idOf(number),
  RepoTags: [`demo/n${number}:1`],
  Created: number,
  Size: number,
  ...rest,
});
const ids = (numbers: readonly number[]) => numbers.map(idOf);
const listed = async (gateway: TestGateway, args: string) => {
  const answer = await gateway.ask(`{ images(${args}) { nodes { imageId } } }`);
  expect(answer.errors).toBeUndefined();
  return answer.data.images.nodes.map(({ imageId }: { imageId: string }) => imageId);
};

describe('pages of images', () => {
  const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String) {
    images(first: $first, after: $after, last: $last, before: $before) {
      totalCount edges { cursor node { imageId } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

  it('lead forward and backward over all, newest first, ties by ID', async () => {
    const images = [3, 1, 2, 4, 5].map((n) => image(n, { Created: n < 4 ? 100 : 200 }));
    const gateway = await gatewayOver({ e: { images } });
    const expected = ids([4, 5, 1, 2, 3]);
    const forward: string[] = [];
    let after: string | null = null;
    do {
      const { images: page }: any = (await gateway.ask(PAGE, { first: 2, after })).data;
      forward.push(...page.edges.map((edge: any) => edge.node.imageId));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(forward).toEqual(expected);
    const backward: string[] = [];
    let before: string | null = null;
    do {
      const { images: page }: any = (await gateway.ask(PAGE, { last: 2, before })).data;
      backward.unshift(...page.edges.map((edge: any) => edge.node.imageId));
      before = page.pageInfo.hasPreviousPage ? page.pageInfo.startCursor : null;
    } while (before !== null);
    expect(backward).toEqual(expected);
  });

  it('go on at the same place when images come and go, the last one seen included', async () => {
    let numbers = [5, 4, 3, 2, 1];
    const gateway = await gatewayOver({ e: () => ({ images: numbers.map((n) => image(n)) }) });
    const first = (await gateway.ask(PAGE, { first: 2 })).data.images;
    expect(first.edges.map((edge: any) => edge.node.imageId)).toEqual(ids([5, 4]));
    numbers = [6, 5, 3, 2, 1];
    const second = (await gateway.ask(PAGE, { first: 2, after: first.pageInfo.endCursor })).data
      .images;
    expect(second.edges.map((edge: any) => edge.node.imageId)).toEqual(ids([3, 2]));
  });

  it('refuse a cursor of another ordering', async () => {
    const gateway = await gatewayOver({ e: { images: [image(1), image(2)] } });
    const { pageInfo } = (await gateway.ask(PAGE, { first: 1 })).data.images;
    const { errors } = await gateway.ask(
      '($after: String) { images(after: $after, orderBy: { field: SIZE }) { totalCount } }'.replace(
        /^/,
        'query ',
      ),
      { after: pageInfo.endCursor },
    );
    expect(errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });

  it('take a cursor only as it was given out, with the values that its ordering has', async () => {
    const gateway = await gatewayOver({ e: { images: [image(1), image(2)] } });
    const list = (after: string) =>
      gateway.ask('query ($v: String) { images(after: $v) { edges { cursor } } }', { v: after });
    const { data: first } = await gateway.ask('{ images { edges { cursor } } }');
    const { cursor } = first.images.edges[0];
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    expect((await list(cursor)).errors).toBeUndefined();
    const encoded = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const changed = (at: number, part: unknown) => encoded(key.with(at, part));
    expect((await list(changed(1, null))).errors).toBeUndefined();
    for (const crafted of [
      `${cursor}=`,
      `${cursor} `,
      `${cursor}.`,
      Buffer.from(JSON.stringify(key, null, 1)).toString('base64url'),
      Buffer.from(JSON.stringify(key).replace(/(\d),/, '$1.0,')).toString('base64url'),
      changed(1, '2'),
      changed(1, true),
      changed(2, 7),
      changed(2, null),
      changed(3, null),
      encoded(key.slice(0, -1)),
      encoded([...key, null]),
      encoded({}),
      Buffer.from('[1e999').toString('base64url'),
    ]) {
      const { data, errors } = await list(crafted);
      expect([crafted, data.images]).toEqual([crafted, null]);
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    }
  });

  it('have the same order and cursors where a criterion is repeated, which decides nothing', async () => {
    const images = [image(1, { Size: 7 }), image(2, { Size: 7 }), image(3)];
    const gateway = await gatewayOver({ e: { images } });
    const page = async (orderBy: string, after = '') =>
      (
        await gateway.ask(
          `{ images(orderBy: [${orderBy}] ${after}) { edges { cursor node { imageId } } } }`,
        )
      ).data.images.edges;
    const plain = await page('{ field: SIZE }');
    const repeated = '{ field: SIZE }, { field: SIZE, direction: DESC }';
    expect(await page(repeated)).toEqual(plain);
    expect(await page(repeated, `after: "${plain[0].cursor}"`)).toEqual(plain.slice(1));
  });

  it('are ordered by size, name, shared size, unique size and containers; unknown comes last', async () => {
    const gateway = await gatewayOver({
      e: {
        images: [
          image(1, { RepoTags: ['zoo:1'], Size: 30, SharedSize: 10, Created: -62_135_596_800 }),
          image(2, { RepoTags: ['ant:1'], Size: 20, SharedSize: -1 }),
          image(3, { RepoTags: null, Size: 10, SharedSize: 5 }),
        ],
        containers: [{ Id: 'c', ImageID: idOf(3), Names: ['/x'] }],
      },
    });
    const by = (field: string, direction: string) =>
      listed(gateway, `orderBy: [{ field: ${field}, direction: ${direction} }]`);
    expect(await by('SIZE', 'ASC')).toEqual(ids([3, 2, 1]));
    expect(await by('NAME', 'ASC')).toEqual(ids([2, 1, 3]));
    expect(await by('NAME', 'DESC')).toEqual(ids([1, 2, 3]));
    expect(await by('CREATED', 'ASC')).toEqual(ids([2, 3, 1]));
    expect(await by('CREATED', 'DESC')).toEqual(ids([3, 2, 1]));
    expect(await by('SHARED_SIZE', 'DESC')).toEqual(ids([1, 3, 2]));
    expect(await by('UNIQUE_SIZE', 'ASC')).toEqual(ids([3, 1, 2]));
    expect(await by('CONTAINERS', 'DESC')).toEqual(ids([3, 1, 2]));
  });
});

describe('filters', () => {
  const images = [
    image(1, {
      RepoTags: ['alpine:3.19', 'ghcr.io/owner/alpine:3'],
      Labels: { team: 'web', empty: '' },
    }),
    image(2, { RepoTags: null, Labels: { __proto__x: 'y' } }),
    image(3, { RepoTags: ['<none>:<none>'], RepoDigests: [`demo/app@${idOf(77)}`] }),
    image(4, { Created: -62_135_596_800, Size: 3_000_000_000 }),
  ];
  const containers = [{ Id: 'c', ImageID: idOf(1), Names: ['/x'], State: 'running' }];

  it.each<[string, number[]]>([
    ['references: ["alpine"]', [1]],
    ['references: ["alpine:3.*"]', [1]],
    ['references: ["docker.io/library/alpine"]', [1]],
    ['references: ["*/*/alpine:3"]', [1]],
    ['references: ["*"]', [1]],
    ['references: ["demo/app@sha256:*"]', [3]],
    ['references: []', []],
    ['search: "ALPINE"', [1]],
    ['search: "web"', [1]],
    [`search: "${idOf(77).slice(-6)}"`, [3]],
    ['labels: [{ key: "team" }]', [1]],
    ['labels: [{ key: "team", value: "web" }, { key: "empty", value: "" }]', [1]],
    ['labels: [{ key: "team", value: "api" }]', []],
    ['labels: []', []],
    ['not: { labels: [] }', [4, 3, 2, 1]],
    ['dangling: true', [2]],
    ['dangling: false', [4, 3, 1]],
    ['inUse: true', [1]],
    ['inUse: false', [4, 3, 2]],
    ['createdAfter: "1970-01-01T00:00:01Z"', [3, 2]],
    ['not: { createdAfter: "1970-01-01T00:00:01Z" }', [1]],
    ['createdBefore: "1970-01-01T00:00:03Z"', [2, 1]],
    ['createdAfterImage: "alpine:3.19"', [3, 2]],
    ['createdBeforeImage: "nothing:here"', []],
    ['not: { createdBeforeImage: "nothing:here" }', []],
    ['minSize: 2147483648', [4]],
    ['maxSize: 2', [2, 1]],
    [`digests: ["${idOf(77)}", "${idOf(1)}"]`, [3, 1]],
    ['digests: []', []],
    ['platform: { os: "linux" }', []],
    ['not: { platform: { os: "linux" } }', []],
    ['hasAttestations: false', []],
    ['and: []', [4, 3, 2, 1]],
    ['or: []', []],
    ['or: [{ dangling: true }, { inUse: true }]', [2, 1]],
    ['and: [{ dangling: false }, { inUse: false }]', [4, 3]],
    ['or: [{ platform: { os: "linux" } }, { inUse: true }]', [1]],
  ])('{ %s }', async (filter, expected) => {
    const gateway = await gatewayOver({ e: { images, containers } });
    const found = await listed(gateway, `filter: { ${filter} }`);
    expect([...found].sort()).toEqual(ids(expected).sort());
  });
});

describe('the platform filter', () => {
  const manifest = (number: number, platform: object | null, rest: object = {}) => ({
    ID: idOf(number),
    Available: true,
    Kind: 'image',
    ImageData: { Platform: platform ?? { os: '', architecture: '' } },
    ...rest,
  });
  const amd64 = { os: 'linux', architecture: 'amd64' };
  const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
  const images = [
    image(1, { Manifests: [manifest(11, amd64), manifest(12, arm64)] }),
    image(2, { Manifests: [manifest(21, amd64), manifest(22, arm64, { Available: false })] }),
    image(3, { Manifests: [manifest(31, amd64), manifest(32, null)] }),
    image(4, { Manifests: [manifest(41, null, { Kind: 'attestation' })] }),
    image(5, { Manifests: [] }),
    image(6),
  ];

  it.each<[string, number[]]>([
    ['platform: { architecture: "arm64" }', [1]],
    ['platform: { architecture: "arm64", variant: "v7" }', []],
    ['platform: { os: "linux" }', [1, 2, 3]],
    // Of 3 and 6 it is unknown: one names no platform, one keeps no manifests.
    ['not: { platform: { architecture: "arm64" } }', [2, 4, 5]],
    ['not: { platform: { os: "linux" } }', [4, 5]],
  ])('knows what is not there: { %s }', async (filter, expected) => {
    const gateway = await gatewayOver({ e: { images } });
    const found = await listed(gateway, `filter: { ${filter} }`);
    expect([...found].sort()).toEqual(ids(expected));
  });
});

describe('relations', () => {
  it('find a parent although all is off, and end at cycles and images that are their own parent', async () => {
    const gateway = await gatewayOver({
      e: {
        images: [
          image(1, { RepoTags: null }),
          image(2, { ParentId: idOf(1).slice('sha256:'.length) }),
          image(3, { ParentId: idOf(4) }),
          image(4, { ParentId: idOf(3) }),
          image(5, { ParentId: idOf(5) }),
          image(6, { ParentId: idOf(99) }),
        ],
      },
    });
    expect(await listed(gateway, 'all: false')).toEqual(ids([6, 5, 4, 3, 2]));
    expect(await listed(gateway, 'all: true')).toHaveLength(6);
    const { data } = await gateway.ask(
      '{ images { nodes { imageId parentId parent { imageId } ancestors { imageId } children { nodes { imageId } } } } }',
    );
    const family = data.images.nodes.map((node: any) => [
      node.imageId,
      node.parent?.imageId ?? null,
      node.ancestors.map((other: any) => other.imageId),
      node.children.nodes.map((other: any) => other.imageId),
    ]);
    expect(family).toEqual([
      [idOf(6), null, [], []],
      [idOf(5), idOf(5), [], []],
      [idOf(4), idOf(3), ids([3]), ids([3])],
      [idOf(3), idOf(4), ids([4]), ids([4])],
      [idOf(2), idOf(1), ids([1]), []],
    ]);
    expect(data.images.nodes[0].parentId).toBe(idOf(99));
  });

  it('name, digest and ID find the same image; a name goes before an ID prefix', async () => {
    const gateway = await gatewayOver({
      e: {
        images: [
          image(0xabcd, {
            Id: `sha256:abcd${'0'.repeat(60)}`,
            RepoTags: ['demo/app:latest'],
            RepoDigests: [`demo/app@${idOf(7)}`],
          }),
          image(2, { Id: `sha256:abce${'0'.repeat(60)}`, RepoTags: ['abcd:latest'] }),
        ],
      },
    });
    const find = async (reference: string) =>
      await gateway.ask('query ($r: ImageReference!) { image(reference: $r) { shortId } }', {
        r: reference,
      });
    for (const reference of [
      'demo/app',
      'docker.io/demo/app:latest',
      `demo/app@${idOf(7)}`,
      `demo/app:gone@${idOf(7)}`,
      'sha256:abcd',
      `abcd${'0'.repeat(8)}`,
    ]) {
      expect((await find(reference)).data).toEqual({ image: { shortId: 'abcd00000000' } });
    }
    expect((await find('abcd')).data.image.shortId).toBe('abce00000000');
    expect((await find('demo/app:2')).data).toEqual({ image: null });
    expect((await find('sha256:abc')).errors?.[0]?.extensions['code']).toBe('INVALID_REFERENCE');
    expect((await find('sha256:abcd0')).errors).toBeUndefined();
  });

  it('a name with tag and digest leaves the tag to the image that has it now', async () => {
    const digest = idOf(77);
    const gateway = await gatewayOver({
      e: {
        images: [
          image(1, { RepoTags: [`demo/app:1@${digest}`, `demo/old:1@${digest}`], Created: 1 }),
          image(2, { RepoTags: ['demo/app:1'], Created: 2 }),
        ],
      },
    });
    const { data } = await gateway.ask(`{
      tag: image(reference: "demo/app:1") { imageId }
      digest: image(reference: "demo/app@${digest}") { imageId }
      both: image(reference: "demo/app:1@${digest}") { imageId }
      old: image(reference: "demo/old:1") { imageId }
      images { nodes { repoTags { reference } repoDigests { reference } } }
      imageRepository(name: "demo/app") { tags { nodes { tag image { imageId } } } }
    }`);
    expect(data).toEqual({
      tag: { imageId: idOf(2) },
      digest: { imageId: idOf(1) },
      both: { imageId: idOf(1) },
      old: null,
      images: {
        nodes: [
          { repoTags: [{ reference: 'demo/app:1' }], repoDigests: [] },
          {
            repoTags: [],
            repoDigests: [{ reference: `demo/app@${digest}` }, { reference: `demo/old@${digest}` }],
          },
        ],
      },
      imageRepository: { tags: { nodes: [{ tag: '1', image: { imageId: idOf(2) } }] } },
    });
  });

  it('an ID prefix of several images is an error that asks for more digits', async () => {
    const gateway = await gatewayOver({ e: { images: [image(1), image(2)] } });
    const { data, errors } = await gateway.ask('{ image(reference: "sha256:0000") { id } }');
    expect(data).toEqual({ image: null });
    expect(errors?.[0]).toMatchObject({
      extensions: { code: 'INVALID_REFERENCE' },
      message: expect.stringMatching(/more digits/),
    });
  });

  it('a node is found again by its id, whatever its type; a bad id takes its own place only', async () => {
    const gateway = await gatewayOver({
      e: { images: [image(1)], containers: [{ Id: 'c1', ImageID: idOf(1), Names: ['/x'] }] },
    });
    const { data } = await gateway.ask(
      '{ engines { id } images { nodes { id repoTags { repository { id } } usedBy { nodes { id } } } } }',
    );
    const [node] = data.images.nodes;
    const given = [
      data.engines[0].id,
      node.id,
      node.repoTags[0].repository.id,
      node.usedBy.nodes[0].id,
    ];
    const answer = await gateway.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      {
        ids: [...given, 'nonsense'],
      },
    );
    expect(answer.data.nodes).toEqual([
      { __typename: 'Engine', id: given[0] },
      { __typename: 'ImageSummary', id: given[1] },
      { __typename: 'ImageRepository', id: given[2] },
      { __typename: 'EngineContainer', id: given[3] },
      null,
    ]);
    expect(answer.errors?.map(({ path }) => path)).toEqual([['nodes', 4]]);
  });
});

describe('an id', () => {
  it('is taken only as it was given out', async () => {
    const Manifests = [{ ID: idOf(11), Available: true, Kind: 'image' }];
    const gateway = await gatewayOver({ e: { images: [image(1, { Manifests })] } });
    const { data } = await gateway.ask(
      '{ engines { id } images { nodes { id manifests { id } } } }',
    );
    const [engine] = data.engines;
    const [{ id, manifests }] = data.images.nodes;
    const find = (given: string) =>
      gateway.ask('query ($id: ID!) { node(id: $id) { id } }', { id: given });
    const textOf = (given: string) => Buffer.from(given, 'base64url').toString();
    const idOfText = (text: string) => Buffer.from(text).toString('base64url');
    for (const given of [engine.id, id, manifests[0].id])
      expect((await find(given)).data).toEqual({ node: { id: given } });
    for (const crafted of [
      `${id}=`,
      `${id}\n`,
      ` ${id}`,
      idOfText(`${textOf(engine.id)}x`),
      idOfText('ImageSummary:e:'),
      idOfText('constructor:e:x'),
    ]) {
      const { errors } = await find(crafted);
      expect([crafted, errors?.[0]?.extensions]).toEqual([crafted, { code: 'BAD_USER_INPUT' }]);
    }
    const longer = await find(idOfText(`${textOf(manifests[0].id)}/x`));
    expect(longer).toMatchObject({ data: { node: null } });
  });
});

describe('several engines, one of them dead', () => {
  it('give what they have, name the dead one, and add one error for it', async () => {
    const gateway = await gatewayOver({
      a: { images: [image(1)] },
      b: null,
      c: { images: [image(2)] },
    });
    const { data, errors } = await gateway.ask(
      '{ engines { name status } images { totalCount nodes { imageId engine { name } } unavailableEngines { name status } } }',
    );
    expect(data.images).toEqual({
      totalCount: 2,
      nodes: [
        { imageId: idOf(2), engine: { name: 'c' } },
        { imageId: idOf(1), engine: { name: 'a' } },
      ],
      unavailableEngines: [{ name: 'b', status: 'UNAVAILABLE' }],
    });
    expect(errors).toMatchObject([
      {
        path: ['images'],
        extensions: { code: 'ENGINE_UNAVAILABLE', engine: 'b', retryable: true },
      },
    ]);
  });

  it('give null and the error where only the dead one was asked', async () => {
    const gateway = await gatewayOver({ a: { images: [image(1)] }, b: null });
    const { data, errors } = await gateway.ask(
      '{ images(engines: ["b"]) { totalCount } image(reference: "demo/n1:1") { imageId } imagesByReference(references: ["x", "demo/n1:1"], engine: "b") { id } }',
    );
    expect(data).toEqual({
      images: null,
      image: { imageId: idOf(1) },
      imagesByReference: [null, null],
    });
    expect(errors?.every(({ extensions }) => extensions['code'] === 'ENGINE_UNAVAILABLE')).toBe(
      true,
    );
  });
});

describe('a container list that fails', () => {
  it('takes its own fields only', async () => {
    const gateway = await gatewayOver({ e: { images: [image(1)], containers: 'broken' as never } });
    const { data, errors } = await gateway.ask(
      '{ images { nodes { imageId containers usedBy { totalCount } } } }',
    );
    expect(data.images.nodes).toEqual([{ imageId: idOf(1), containers: null, usedBy: null }]);
    expect(errors?.[0]).toMatchObject({
      path: ['images', 'nodes', 0, 'containers'],
      extensions: { code: 'ENGINE_BAD_RESPONSE', engine: 'e' },
    });
  });
});
