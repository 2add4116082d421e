import { describe, expect, it } from 'vitest';
import {
  NEWEST,
  foldersOf,
  rawNamed,
  recordedRows,
  rowNamed,
  rowOf,
  scenariosOf,
} from '../engines/recordings.ts';
import { listed } from '../engines/replayed.ts';

const CONTAINERD = foldersOf('docker-28-containerd');
const OLD_APIS = ['docker-20-1.41', 'docker-28-graph-1.24', 'docker-28-containerd-1.24'];

describe('names of images', () => {
  it.each(OLD_APIS)('are none where an engine says <none>: %s', async (folder) => {
    const { danglingId } = scenariosOf(folder);
    const raw = recordedRows(folder).find(({ Id }) => Id === danglingId);
    expect(raw?.['RepoTags']).toEqual(['<none>:<none>']);
    expect(raw?.['RepoDigests']).toEqual(['<none>@<none>']);
    expect(rowOf(await listed(folder), danglingId)).toMatchObject({ tags: [], digests: [] });
  });

  it('are none where RepoTags and RepoDigests are empty (API 1.43)', async () => {
    const { danglingId } = scenariosOf('docker-28-graph-1.51');
    const raw = recordedRows('docker-28-graph-1.43').find(({ Id }) => Id === danglingId);
    expect(raw).toMatchObject({ RepoTags: [], RepoDigests: [] });
    const row = rowOf(await listed('docker-28-graph-1.43'), danglingId);
    expect(row).toMatchObject({ tags: [], digests: [] });
  });

  it.each(['docker-20-1.41', 'docker-28-graph-1.24'])(
    'are a digest alone where RepoTags is null: %s',
    async (folder) => {
      const { byDigest } = scenariosOf(folder);
      const raw = recordedRows(folder).find((row) => row['RepoDigests']?.includes(byDigest));
      expect(raw?.['RepoTags']).toBeNull();
      const row = rowNamed(await listed(folder), byDigest);
      expect(row).toMatchObject({ tags: [], digests: [byDigest] });
    },
  );

  it.each(['docker-20-1.41', 'docker-28-graph-1.24'])(
    'are tags alone where RepoDigests is null: %s',
    async (folder) => {
      const { imported } = scenariosOf(folder);
      expect(rawNamed(folder, imported)['RepoDigests']).toBeNull();
      const row = rowNamed(await listed(folder), imported);
      expect(row).toMatchObject({ tags: [imported], digests: [] });
    },
  );

  it.each(['docker-28-containerd-1.51', 'podman-5-1.44'])(
    'are a digest although the engine puts it among the tags: %s',
    async (folder) => {
      const { byDigest } = scenariosOf(folder);
      expect(rawNamed(folder, byDigest)['RepoDigests']).toEqual([byDigest]);
      const row = rowNamed(await listed(folder), byDigest);
      expect(row).toMatchObject({ tags: [], digests: [byDigest] });
    },
  );

  it.each(CONTAINERD)(
    'have a digest for each repository, of which %s lists one',
    async (folder) => {
      const { twoRepositories } = scenariosOf(folder);
      const [first = '', second = ''] = twoRepositories;
      const raw = rawNamed(folder, first);
      expect(raw['RepoDigests']).toHaveLength(1);
      const row = rowNamed(await listed(folder), first);
      expect(row.tags).toEqual([first, second]);
      expect(row.digests).toEqual([`demo/first@${row.id}`, `demo/second@${row.id}`]);
    },
  );

  it('take no image ID for a digest on a graph driver, where it is none', async () => {
    const { pushed } = scenariosOf('docker-28-graph-1.51');
    const row = rowNamed(await listed('docker-28-graph-1.51'), pushed);
    const [repository = ''] = pushed.split(/:(?=[^:]*$)/);
    expect(row.digests).toHaveLength(1);
    expect(row.digests[0]).toMatch(`${repository}@sha256:`);
    expect(row.digests[0]).not.toContain(row.id);
  });

  it("keep Podman's localhost/, with a digest for each repository", async () => {
    const { twoRepositories } = scenariosOf('podman-5-1.44');
    const row = rowNamed(await listed('podman-5-1.44'), twoRepositories[0] ?? '');
    expect(row.tags).toEqual(['localhost/demo/first:1', 'localhost/demo/second:1']);
    expect(row.digests.map((text) => text.split('@')[0])).toEqual([
      'localhost/demo/first',
      'localhost/demo/second',
    ]);
    expect(row.digests.join()).not.toContain(row.id);
  });

  it.each(NEWEST)('keep the port of a registry: %s', async (folder) => {
    const { withPort } = scenariosOf(folder);
    expect(withPort).toContain(':5000/');
    expect(rowNamed(await listed(folder), withPort).tags).toEqual([withPort]);
  });

  it.each(CONTAINERD)('are names where the digest is a bare one: %s', async (folder) => {
    const name = scenariosOf(folder).emptied as string;
    const raw = rawNamed(folder, name);
    expect(raw['RepoDigests']).toEqual([raw['Id']]);
    const row = rowNamed(await listed(folder), name);
    expect(row).toMatchObject({ tags: [name], digests: [`demo/emptied@${row.id}`] });
  });
});
