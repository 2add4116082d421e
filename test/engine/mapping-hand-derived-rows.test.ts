import { describe, expect, it } from 'vitest';
import { NEWEST, rawNamed, scenariosOf } from '../engines/recordings.ts';
import { listed } from '../engines/replayed.ts';

/**
 * Rows that none of the recorded engines gives: each is derived by hand from a recorded one and from what
 * the source of the engine that gives it says.
 */
const GRAPH = 'docker-28-graph-1.51';
const CONTAINERD = 'docker-28-containerd-1.51';

/** The recorded row of the multi-platform image, changed, and what becomes of it. */
async function mapped(folder: string, changes: object) {
  const { multiPlatform } = scenariosOf(folder);
  const raw = rawNamed(folder, multiPlatform);
  const rows = await listed(folder, { images: [{ ...raw, ...changes }] });
  return { raw, rows, row: rows[0] };
}

describe('a row derived by hand', () => {
  it('of engine 24 or 25, which list an image once for each name or platform, is one', async () => {
    const { raw } = await mapped(CONTAINERD, {});
    const { Manifests: _, Descriptor: __, ...bare } = raw;
    const other = { ...raw, Id: `sha256:${'f'.repeat(64)}`, RepoTags: ['demo/more:1'], Created: 4 };
    const images = [
      { ...bare, RepoTags: ['docker.io/demo/multi:1'], Labels: null, Size: 7, Created: null },
      {
        ...raw,
        RepoTags: ['docker.io/demo/other:1'],
        Size: 9,
        Created: 5,
        ParentId: 'a'.repeat(64),
      },
      { ...other, RepoDigests: [] },
    ];
    const rows = await listed(CONTAINERD, { images });
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      id: raw['Id'],
      parentId: `sha256:${'a'.repeat(64)}`,
      tags: ['docker.io/demo/multi:1', 'docker.io/demo/other:1'],
      digests: [`demo/multi@${raw['Id']}`, `demo/other@${raw['Id']}`],
      created: 5,
      size: 9,
      descriptor: { digest: raw['Id'] },
    });
    expect(rows[0]?.labels.length).toBeGreaterThan(5);
    expect(rows[0]?.manifests).toHaveLength(4);
  });

  it('of engine 24, which spells names in full, has each digest once', async () => {
    const { raw } = await mapped(CONTAINERD, {});
    const RepoDigests = [`docker.io/demo/multi@${raw['Id']}`];
    const { row } = await mapped(CONTAINERD, { RepoTags: ['docker.io/demo/multi:1'], RepoDigests });
    expect(row?.digests).toEqual(RepoDigests);
  });

  it('of the containerd store has digests of its names where it lists none', async () => {
    const { row, raw } = await mapped(CONTAINERD, { RepoDigests: null });
    expect(row?.digests).toEqual([`demo/multi@${raw['Id']}`]);
  });

  it('of an engine that has a pulled digest among the tags only has it as a digest', async () => {
    const text = `demo/pinned@sha256:${'c'.repeat(64)}`;
    const { row } = await mapped('podman-5-1.44', { RepoTags: [text], RepoDigests: null });
    expect(row).toMatchObject({ tags: [], digests: [text] });
  });

  it('of an index without a name keeps its bare digest', async () => {
    const { raw } = await mapped(CONTAINERD, {});
    const { row } = await mapped(CONTAINERD, { RepoTags: [], RepoDigests: [raw['Id']] });
    expect(row).toMatchObject({ tags: [], digests: [raw['Id']] });
  });

  it('keeps a malformed name as it is', async () => {
    const { row } = await mapped(GRAPH, { RepoTags: ['UPPER/Case:1', 'demo/good:1'] });
    expect(row?.tags).toEqual(['UPPER/Case:1', 'demo/good:1']);
  });

  it('with tag and digest in one name has the digest only: the tag may have moved', async () => {
    const { raw } = await mapped(CONTAINERD, {});
    const { row } = await mapped(CONTAINERD, { RepoTags: [`demo/multi:1@${raw['Id']}`] });
    expect(row).toMatchObject({ tags: [], digests: [`demo/multi@${raw['Id']}`] });
    const other = `docker.io/library/pinned:1@sha256:${'c'.repeat(64)}`;
    const { row: second } = await mapped(GRAPH, { RepoTags: [other], RepoDigests: null });
    expect(second).toMatchObject({ tags: [], digests: [`pinned@sha256:${'c'.repeat(64)}`] });
  });

  it('of an engine that names everything null is an image without anything', async () => {
    const nothing = {
      RepoTags: null,
      RepoDigests: null,
      Labels: null,
      ParentId: null,
      Created: null,
    };
    const { row } = await mapped(GRAPH, nothing);
    expect(row).toMatchObject({ tags: [], digests: [], labels: [], parentId: null, created: null });
  });

  it('of API 1.24 on engine 1.12, without SharedSize and Containers, is complete', async () => {
    const { raw } = await mapped(GRAPH, {});
    const { Containers: _, SharedSize: __, ...old } = raw;
    const [row] = await listed(GRAPH, { images: [{ ...old, VirtualSize: 1 }] });
    expect(row).toEqual((await mapped(GRAPH, {})).row);
  });

  it('of Podman 3, with IDs without their algorithm, has both in full', async () => {
    const { row } = await mapped('podman-5-1.44', { Id: 'a'.repeat(64), ParentId: 'b'.repeat(64) });
    expect(row).toMatchObject({
      id: `sha256:${'a'.repeat(64)}`,
      parentId: `sha256:${'b'.repeat(64)}`,
    });
  });

  it.each([
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [2 ** 40, 2 ** 40],
    [-1, 0],
    ['7', 0],
  ])('of size %s has %s bytes', async (Size, size) => {
    expect((await mapped(GRAPH, { Size })).row?.size).toBe(size);
  });

  it.each([
    [315_532_801, 315_532_801],
    [-1, -1],
    [-62_135_596_800, null],
    [8_640_000_000_001, null],
    [1.5, null],
    ['2024-01-02T03:04:05Z', null],
  ])('created at %s was created at %s', async (Created, created) => {
    expect((await mapped(GRAPH, { Created })).row?.created).toBe(created);
  });

  it('drops a label that is no text and keeps the others', async () => {
    const { row } = await mapped(GRAPH, { Labels: { a: '1', b: 2, c: null } });
    expect(row?.labels).toEqual([{ key: 'a', value: '1' }]);
  });

  it.each(NEWEST)('without a usable ID is left out: %s', async (folder) => {
    for (const Id of ['', 'sha256:short', null]) {
      expect((await mapped(folder, { Id })).rows).toEqual([]);
    }
  });
});
