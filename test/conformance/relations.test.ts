import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubject, type OpenSubject } from './open-subject.ts';
import { findSubjects } from './subjects.ts';

const subjects = await findSubjects();

describe.each(subjects)('$name', (subject) => {
  const { facts, store } = subject;
  let open: OpenSubject;
  beforeAll(async () => {
    open = await openSubject(subject);
  });
  afterAll(() => open.close());

  it.skipIf(facts.chain === null)(
    'finds parents, ancestors and children though all is off',
    async () => {
      const [base, middle, top] = facts.chain as readonly [string, string, string];
      const image = await open.imageNamed(
        top,
        'parent { repoTags { reference } } ancestors { repoTags { reference } }',
      );
      const names = (found: any) => found.repoTags.map(({ reference }: any) => reference);
      expect(names(image.parent)).toContain(middle);
      expect(image.ancestors.map((ancestor: any) => names(ancestor)[0])).toEqual([middle, base]);
      const { children } = await open.imageNamed(
        base,
        'children { totalCount nodes { repoTags { reference } } }',
      );
      expect(children.nodes.flatMap(names)).toContain(middle);
    },
  );

  it.skipIf(facts.intermediate === null)(
    'hides intermediate images, and links to them',
    async () => {
      const { parent } = await open.imageNamed(
        facts.intermediate as string,
        'parent { imageId repoTags { reference } parent { imageId } }',
      );
      expect(parent.repoTags).toEqual([]);
      expect(parent.parent).not.toBeNull();
      expect(open.images.has(parent.imageId)).toBe(true);
      const { images: visible } = await open.ask('{ images(first: 1000) { nodes { imageId } } }');
      expect(visible.nodes).not.toContainEqual({ imageId: parent.imageId });
    },
  );

  it('gives one image for two repositories, with the digests of both where the store has any', async () => {
    const [first, second] = await Promise.all(
      facts.twoRepositories.map((name) => open.imageNamed(name)),
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

  it.skipIf(facts.movedTag === null)('follows a tag that was moved', async () => {
    const now = await open.imageNamed(facts.movedTag as string);
    expect(now.imageId).not.toBe(facts.danglingId);
    expect(now.isDangling).toBe(false);
  });

  it.skipIf(facts.byDigest === null)('finds what was pulled by digest alone', async () => {
    const image = await open.imageNamed(facts.byDigest as string);
    expect(image.repoTags).toEqual([]);
    expect(image.isDangling).toBe(false);
    expect(image.repoDigests).toContainEqual(
      expect.objectContaining({ reference: facts.byDigest }),
    );
  });

  it('counts and names the containers of each image', async () => {
    const { images: all } = await open.ask(
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

  it('lists repositories, each with its images and tags', async () => {
    const { imageRepositories } = await open.ask(
      '{ imageRepositories(first: 1000) { nodes { name images { nodes { imageId } } tags { nodes { reference image { imageId } } } } } }',
    );
    const listed = imageRepositories.nodes.flatMap(({ tags }: any) =>
      tags.nodes.map(({ reference, image }: any) => `${reference} ${image.imageId}`),
    );
    const expected = [...open.images.values()].flatMap(({ imageId, repoTags }) =>
      repoTags.map(({ reference }: any) => `${reference} ${imageId}`),
    );
    expect(listed.sort()).toEqual(expected.sort());
  });

  it('finds images, manifests and containers again by their id', async () => {
    const { images: all } = await open.ask(
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
      const { nodes } = await open.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
        ids: some,
      });
      expect(nodes).toEqual(some.map((id: string) => ({ id })));
    }
  });
});
