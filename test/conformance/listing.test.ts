import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestEngine } from '../engines/engine-list.ts';
import { ODD_LABELS } from '../engines/scenarios.ts';
import { inspectAll, listedIds, type ToldImage } from './command-line.ts';
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

  it('is known for what it is', async () => {
    const { engines } = await open.ask('{ engines { status kind imageStore version apiVersion } }');
    expect(engines).toEqual([
      expect.objectContaining({ status: 'READY', kind: subject.kind, imageStore: store }),
    ]);
    expect(engines[0].version).not.toBe('');
  });

  describe.skipIf(subject.cli === null)('beside its own command line', () => {
    const cli = subject.cli as TestEngine;
    let told: Map<string, ToldImage>;
    beforeAll(async () => {
      told = await inspectAll(cli, [...open.images.keys()]);
    });

    it('lists the same images, with and without intermediate ones', async () => {
      expect([...open.images.keys()].sort()).toEqual(await listedIds(cli, true));
      const { images: some } = await open.ask(
        '{ images(first: 1000) { totalCount nodes { imageId } } }',
      );
      const ids = some.nodes.map(({ imageId }: any) => imageId).sort();
      expect(ids).toEqual(await listedIds(cli, false));
      expect(some.totalCount).toBe(ids.length);
    });

    it('says the same of parents, names and labels', () => {
      const ours = [...open.images.values()].map((image) => ({
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
      for (const image of open.images.values()) {
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
        const { imagesByReference } = await open.ask(
          'query ($r: [ImageReference!]!) { imagesByReference(references: $r) { imageId } }',
          { r: some.map(({ reference }) => reference) },
        );
        expect(imagesByReference).toEqual(some.map(({ imageId }) => ({ imageId })));
      }
    });
  });

  it('walks the same list in pages, forward and backward', async () => {
    const whole = [...open.images.keys()];
    for (const [size, next] of [
      ['first', 'after'],
      ['last', 'before'],
    ] as const) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const { images: page }: any = await open.ask(
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
    for (const image of open.images.values()) {
      expect(image.containers).toBeGreaterThanOrEqual(0);
      expect(image.sharedSize ?? 0).toBeGreaterThanOrEqual(0);
      expect(image.created === null || !image.created.startsWith('0001')).toBe(true);
      expect(JSON.stringify(image)).not.toContain('<none>');
      expect(image.shortId).toMatch(/^[0-9a-f]{12}$/);
    }
  });

  it('knows what dangles', async () => {
    expect(open.images.get(facts.danglingId)).toMatchObject({ isDangling: true, repoTags: [] });
    const query = '{ images(first: 1000, filter: { dangling: true }) { nodes { imageId } } }';
    const { images: dangling } = await open.ask(query);
    expect(dangling.nodes).toContainEqual({ imageId: facts.danglingId });
    for (const { imageId } of dangling.nodes)
      expect(open.images.get(imageId).isDangling).toBe(true);
  });

  it.skipIf(facts.dates === null)('tells a date from none', async () => {
    const { none, yearOne, epoch } = facts.dates as Record<string, string>;
    const created = async (name?: string) => (await open.imageNamed(name as string)).created;
    expect(await created(epoch)).toBe('1970-01-01T00:00:00Z');
    // Podman gives an image without a date the time at which it was loaded.
    if (subject.kind === 'PODMAN') return;
    expect(await created(yearOne)).toBeNull();
    // Engines from 25 on write the epoch for no date.
    expect([null, '1970-01-01T00:00:00Z']).toContain(await created(none));
  });

  it.skipIf(facts.oddLabels === null)('keeps labels as they are', async () => {
    const { labels } = await open.imageNamed(facts.oddLabels as string);
    for (const [key, value] of Object.entries(ODD_LABELS))
      expect(labels).toContainEqual({ key, value });
  });
});
