import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubject, type OpenSubject } from './open-subject.ts';
import { findSubjects } from './subjects.ts';

const subjects = await findSubjects();

/** What a filter means, said once more over the images that were listed without one. */
type Meaning = (image: any) => boolean;

const tagsOf = (image: any): string[] => image.repoTags.map(({ reference }: any) => reference);
const imagesOf = (image: any): any[] =>
  (image.manifests ?? []).filter(({ kind, available }: any) => kind === 'IMAGE' && available);

const CASES: readonly [filter: string, Meaning][] = [
  ['{ dangling: true }', (image) => image.isDangling],
  ['{ inUse: true }', (image) => image.containers > 0],
  ['{ not: { inUse: true } }', (image) => image.containers === 0],
  ['{ minSize: 16000 }', (image) => image.size >= 16_000],
  ['{ maxSize: 16000 }', (image) => image.size <= 16_000],
  [
    '{ hasAttestations: true }',
    (image) => (image.manifests ?? []).some(({ kind }: any) => kind === 'ATTESTATION'),
  ],
  ['{ search: "DEMO/" }', (image) => tagsOf(image).some((tag) => tag.includes('demo/'))],
  [
    '{ references: ["*/demo/*:1", "demo/*:1.*"] }',
    (image) => tagsOf(image).some((tag) => /^(localhost\/)?demo\/[^/]*:1($|\.)/.test(tag)),
  ],
  [
    '{ createdAfter: "2025-01-01T00:00:00Z" }',
    (image) => image.created !== null && image.created > '2025-01-01',
  ],
  [
    '{ labels: [{ key: "org.opencontainers.image.title" }] }',
    (image) => image.labels.some(({ key }: any) => key === 'org.opencontainers.image.title'),
  ],
  [
    '{ or: [{ dangling: true }, { inUse: true }] }',
    (image) => image.isDangling || image.containers > 0,
  ],
  [
    '{ and: [{ dangling: true }, { inUse: true }] }',
    (image) => image.isDangling && image.containers > 0,
  ],
];

describe.each(subjects)('$name', (subject) => {
  let open: OpenSubject;
  beforeAll(async () => {
    open = await openSubject(subject);
  });
  afterAll(() => open.close());

  it.each(CASES)('filters by %s as every engine does', async (filter, means) => {
    const { images } = await open.ask(
      `{ images(first: 1000, all: true, filter: ${filter}) { totalCount totalSize nodes { imageId size } } }`,
    );
    const expected = [...open.images.values()].filter(means);
    expect(images.nodes.map(({ imageId }: any) => imageId)).toEqual(
      expected.map(({ imageId }) => imageId),
    );
    expect(images.totalCount).toBe(expected.length);
    expect(images.totalSize).toBe(expected.reduce((sum, { size }) => sum + size, 0));
  });

  it('filters by platform where manifests tell it', async () => {
    const { images } = await open.ask(
      '{ images(first: 1000, all: true, filter: { platform: { architecture: "arm64" } }) { nodes { imageId } } }',
    );
    const expected = [...open.images.values()].filter((image) =>
      imagesOf(image).some(({ platform }) => platform.name === 'linux/arm64'),
    );
    expect(images.nodes).toEqual(expected.map(({ imageId }) => ({ imageId })));
  });

  it.each(['SIZE', 'CREATED', 'CONTAINERS'])('orders by %s, ties by ID', async (field) => {
    const property = field.toLowerCase();
    const { images } = await open.ask(
      `{ images(first: 1000, all: true, orderBy: [{ field: ${field}, direction: DESC }]) { nodes { imageId ${property} } } }`,
    );
    const value = (image: any) =>
      image[property] === null
        ? -1
        : typeof image[property] === 'string'
          ? Date.parse(image[property])
          : image[property];
    const expected = [...open.images.values()].toSorted(
      (a, b) => value(b) - value(a) || (a.imageId < b.imageId ? -1 : 1),
    );
    expect(images.nodes.map(({ imageId }: any) => imageId)).toEqual(
      expected.map(({ imageId }) => imageId),
    );
  });
});
