import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestEngine } from '../engines/engine-list.ts';
import { ODD_LABELS } from '../engines/scenarios.ts';
import type { TestGateway } from '../support/gateway.ts';
import { inspectAll, listedIds, type ToldImage } from './command-line.ts';
import { findSubjects, type Subject } from './subjects.ts';

const subjects = await findSubjects();

const FIELDS = `imageId shortId created size sharedSize uniqueSize parentId isDangling containers inUse
  labels { key value } repoTags { reference } repoDigests { reference digest }
  manifests { digest kind available contentSize totalSize platform { name } attests { digest } attestations { digest } }`;

describe.each(subjects)('$name', (subject: Subject) => {
  const { facts, store } = subject;
  let gateway: TestGateway;
  /** Every image, intermediate ones too, by ID. */
  let images: Map<string, any>;

  const ask = async (query: string, variables: object = {}): Promise<any> => {
    const { data, errors } = await gateway.ask(query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  const imageNamed = async (reference: string, selection = FIELDS): Promise<any> =>
    (
      await ask(`query ($r: ImageReference!) { image(reference: $r) { ${selection} } }`, {
        r: reference,
      })
    ).image;

  beforeAll(async () => {
    gateway = await subject.open();
    const data = await ask(`{ images(first: 1000, all: true) { nodes { ${FIELDS} } } }`);
    images = new Map(data.images.nodes.map((image: any) => [image.imageId, image]));
  });
  afterAll(async () => {
    gateway.close();
    await subject.close();
  });

  it('is known for what it is', async () => {
    const { engines } = await ask('{ engines { status kind imageStore version apiVersion } }');
    expect(engines).toEqual([
      expect.objectContaining({ status: 'READY', kind: subject.kind, imageStore: store }),
    ]);
    expect(engines[0].version).not.toBe('');
  });

  describe.skipIf(subject.cli === null)('beside its own command line', () => {
    const cli = subject.cli as TestEngine;
    let told: Map<string, ToldImage>;
    beforeAll(async () => {
      told = await inspectAll(cli, [...images.keys()]);
    });

    it('lists the same images, with and without intermediate ones', async () => {
      expect([...images.keys()].sort()).toEqual(await listedIds(cli, true));
      const { images: some } = await ask(
        '{ images(first: 1000) { totalCount nodes { imageId } } }',
      );
      const ids = some.nodes.map(({ imageId }: any) => imageId).sort();
      expect(ids).toEqual(await listedIds(cli, false));
      expect(some.totalCount).toBe(ids.length);
    });

    it('says the same of parents, names and labels', () => {
      const ours = [...images.values()].map((image) => ({
        imageId: image.imageId,
        parentId: image.parentId,
        tags: image.repoTags.map(({ reference }: any) => reference).sort(),
        digests: image.repoDigests.map(({ reference }: any) => reference).sort(),
        labels: image.labels.map(({ key, value }: any) => ({ key, value })),
      }));
      const theirs = ours.map(({ imageId }) => {
        const { parentId, tags, digests, labels } = told.get(imageId) as ToldImage;
        return { imageId, parentId, tags, digests, labels };
      });
      expect(ours).toEqual(theirs);
    });

    it('says the same of sizes', () => {
      for (const image of images.values()) {
        const ofManifests = image.manifests?.reduce((sum: number, m: any) => sum + m.totalSize, 0);
        expect(image.size).toBe(ofManifests ?? told.get(image.imageId)?.size);
      }
    });

    it('resolves every name, digest and ID to the same image', async () => {
      const references = [...told.values()].flatMap(({ imageId, tags, digests }) =>
        [...tags, ...digests, imageId, imageId.slice('sha256:'.length), imageId.slice(7, 27)].map(
          (reference) => ({ reference, imageId }),
        ),
      );
      for (let at = 0; at < references.length; at += 100) {
        const some = references.slice(at, at + 100);
        const { imagesByReference } = await ask(
          'query ($r: [ImageReference!]!) { imagesByReference(references: $r) { imageId } }',
          { r: some.map(({ reference }) => reference) },
        );
        expect(imagesByReference).toEqual(some.map(({ imageId }) => ({ imageId })));
      }
    });
  });

  it('walks the same list in pages, forward and backward', async () => {
    const whole = [...images.keys()];
    for (const [size, next] of [
      ['first', 'after'],
      ['last', 'before'],
    ] as const) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const { images: page }: any = await ask(
          `query ($c: String) { images(${size}: 3, ${next}: $c, all: true) {
            nodes { imageId } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
          { c: cursor },
        );
        const ids = page.nodes.map(({ imageId }: any) => imageId);
        if (size === 'first') seen.push(...ids);
        else seen.unshift(...ids);
        const { startCursor, endCursor, hasNextPage, hasPreviousPage } = page.pageInfo;
        if (size === 'first') cursor = hasNextPage ? endCursor : null;
        else cursor = hasPreviousPage ? startCursor : null;
      } while (cursor !== null);
      expect(seen).toEqual(whole);
    }
  });

  it('gives no sentinel of the engine', () => {
    for (const image of images.values()) {
      expect(image.containers).toBeGreaterThanOrEqual(0);
      expect(image.sharedSize ?? 0).toBeGreaterThanOrEqual(0);
      expect(image.created === null || !image.created.startsWith('0001')).toBe(true);
      expect(JSON.stringify(image)).not.toContain('<none>');
      expect(image.shortId).toMatch(/^[0-9a-f]{12}$/);
    }
  });

  it.skipIf(facts.chain === null)(
    'finds parents, ancestors and children though all is off',
    async () => {
      const [base, middle, top] = facts.chain as readonly [string, string, string];
      const image = await imageNamed(
        top,
        'parent { repoTags { reference } } ancestors { repoTags { reference } }',
      );
      const names = (found: any) => found.repoTags.map(({ reference }: any) => reference);
      expect(names(image.parent)).toContain(middle);
      expect(image.ancestors.map((ancestor: any) => names(ancestor)[0])).toEqual([middle, base]);
      const { children } = await imageNamed(
        base,
        'children { totalCount nodes { repoTags { reference } } }',
      );
      expect(children.nodes.flatMap(names)).toContain(middle);
    },
  );

  it.skipIf(facts.intermediate === null)(
    'hides intermediate images, and links to them',
    async () => {
      const { parent } = await imageNamed(
        facts.intermediate as string,
        'parent { imageId repoTags { reference } parent { imageId } }',
      );
      expect(parent.repoTags).toEqual([]);
      expect(parent.parent).not.toBeNull();
      expect(images.has(parent.imageId)).toBe(true);
      const { images: visible } = await ask('{ images(first: 1000) { nodes { imageId } } }');
      expect(visible.nodes).not.toContainEqual({ imageId: parent.imageId });
    },
  );

  it('gives one image for two repositories, with the digests of both where the store has any', async () => {
    const [first, second] = await Promise.all(
      facts.twoRepositories.map((name) => imageNamed(name)),
    );
    expect(first).toEqual(second);
    expect(first.repoTags.map(({ reference }: any) => reference)).toEqual(
      expect.arrayContaining([...facts.twoRepositories]),
    );
    if (store !== 'CONTAINERD' && store !== 'OCI_LAYOUT') return;
    const digests = facts.twoRepositories.map(
      (name) => `${name.replace(/:[^:/]+$/, '')}@${first.imageId}`,
    );
    expect(first.repoDigests.map(({ reference }: any) => reference)).toEqual(
      expect.arrayContaining(digests),
    );
  });

  it('knows what dangles', async () => {
    expect(images.get(facts.danglingId)).toMatchObject({ isDangling: true, repoTags: [] });
    const query = '{ images(first: 1000, filter: { dangling: true }) { nodes { imageId } } }';
    const { images: dangling } = await ask(query);
    expect(dangling.nodes).toContainEqual({ imageId: facts.danglingId });
    for (const { imageId } of dangling.nodes) expect(images.get(imageId).isDangling).toBe(true);
  });

  it.skipIf(facts.movedTag === null)('follows a tag that was moved', async () => {
    const now = await imageNamed(facts.movedTag as string);
    expect(now.imageId).not.toBe(facts.danglingId);
    expect(now.isDangling).toBe(false);
  });

  it.skipIf(facts.byDigest === null)('finds what was pulled by digest alone', async () => {
    const image = await imageNamed(facts.byDigest as string);
    expect(image.repoTags).toEqual([]);
    expect(image.isDangling).toBe(false);
    expect(image.repoDigests).toContainEqual(
      expect.objectContaining({ reference: facts.byDigest }),
    );
  });

  it('counts and names the containers of each image', async () => {
    const { images: all } = await ask(
      '{ images(first: 1000, all: true) { nodes { imageId containers inUse usedBy { totalCount nodes { name image { imageId } } } } } }',
    );
    const used: Record<string, { imageId: string }> = {};
    for (const { imageId, containers, inUse, usedBy } of all.nodes) {
      expect(containers).toBe(usedBy.totalCount);
      expect(inUse).toBe(containers > 0);
      for (const { name, image } of usedBy.nodes) {
        expect(image).toEqual({ imageId });
        used[name] = { imageId };
      }
    }
    expect(used).toEqual(facts.containers);
  });

  it('links manifests of several platforms and their attestations', async () => {
    const { manifests, imageId } = await imageNamed(facts.multiPlatform);
    if (store !== 'CONTAINERD' && store !== 'OCI_LAYOUT') return void expect(manifests).toBeNull();
    const ofKind = (kind: string) => manifests.filter((manifest: any) => manifest.kind === kind);
    expect(ofKind('IMAGE').map(({ platform }: any) => platform.name)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    expect(ofKind('ATTESTATION').map(({ attests }: any) => attests.digest)).toEqual(
      ofKind('IMAGE').map(({ digest }: any) => digest),
    );
    const image = await imageNamed(
      facts.multiPlatform,
      'repoDigests { digest manifests { digest } }',
    );
    expect(image.repoDigests[0]).toEqual({
      digest: imageId,
      manifests: manifests.map(({ digest }: any) => ({ digest })),
    });
  });

  it.skipIf(facts.partial === null)(
    'tells platforms that are here from those that are not',
    async () => {
      const { manifests } = await imageNamed(facts.partial as string);
      const ofImages = manifests.filter(({ kind }: any) => kind === 'IMAGE');
      const here = ofImages.filter(({ available }: any) => available);
      expect(here).toHaveLength(1);
      expect(ofImages.length).toBeGreaterThan(1);
      for (const { available, contentSize } of ofImages) expect(contentSize > 0).toBe(available);
    },
  );

  it.skipIf(facts.dates === null)('tells a date from none', async () => {
    const { none, yearOne, epoch } = facts.dates as Record<string, string>;
    const created = async (name?: string) => (await imageNamed(name as string)).created;
    expect(await created(epoch)).toBe('1970-01-01T00:00:00Z');
    // Podman gives an image without a date the time at which it was loaded.
    if (subject.kind === 'PODMAN') return;
    expect(await created(yearOne)).toBeNull();
    // Engines from 25 on write the epoch for no date.
    expect([null, '1970-01-01T00:00:00Z']).toContain(await created(none));
  });

  it.skipIf(facts.emptied === null)('shows an index of which no platform is left', async () => {
    const image = await imageNamed(facts.emptied as string);
    expect(image.manifests.some(({ kind, available }: any) => kind === 'IMAGE' && available)).toBe(
      false,
    );
  });

  it.skipIf(facts.oddLabels === null)('keeps labels as they are', async () => {
    const { labels } = await imageNamed(facts.oddLabels as string);
    for (const [key, value] of Object.entries(ODD_LABELS))
      expect(labels).toContainEqual({ key, value });
  });

  it('lists repositories, each with its images and tags', async () => {
    const { imageRepositories } = await ask(
      '{ imageRepositories(first: 1000) { nodes { name images { nodes { imageId } } tags { nodes { reference image { imageId } } } } } }',
    );
    const listed = imageRepositories.nodes.flatMap(({ tags }: any) =>
      tags.nodes.map(({ reference, image }: any) => `${reference} ${image.imageId}`),
    );
    const expected = [...images.values()].flatMap(({ imageId, repoTags }) =>
      repoTags.map(({ reference }: any) => `${reference} ${imageId}`),
    );
    expect(listed.sort()).toEqual(expected.sort());
  });

  it('finds images, manifests and containers again by their id', async () => {
    const { images: all } = await ask(
      '{ images(first: 1000, all: true) { nodes { id manifests { id } usedBy { nodes { id } } repoTags { repository { id } } } } }',
    );
    const ids = all.nodes.flatMap(({ id, manifests, usedBy, repoTags }: any) => [
      id,
      ...(manifests ?? []).map(({ id }: any) => id),
      ...usedBy.nodes.map(({ id }: any) => id),
      ...repoTags.map(({ repository }: any) => repository.id),
    ]);
    for (let at = 0; at < ids.length; at += 100) {
      const some = ids.slice(at, at + 100);
      const { nodes } = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
        ids: some,
      });
      expect(nodes).toEqual(some.map((id: string) => ({ id })));
    }
  });
});
