import { describe, expect, it } from 'vitest';
import {
  FOLDERS,
  NEWEST,
  foldersOf,
  rawNamed,
  recordedRows,
  rowNamed,
  rowOf,
  scenariosOf,
} from '../engines/recordings.ts';
import { listed } from '../engines/replayed.ts';
import { ODD_LABELS } from '../engines/scenarios.ts';

const CONTAINERD = foldersOf('docker-28-containerd');

describe('what an image list says of an image', () => {
  it.each(NEWEST)('is its parent, with the algorithm of its ID: %s', async (folder) => {
    const rows = await listed(folder);
    const [base, middle, top] = scenariosOf(folder).chain.map((name) => rowNamed(rows, name));
    expect([base?.parentId, middle?.parentId, top?.parentId]).toEqual([null, base?.id, middle?.id]);
  });

  it('is a parent that Podman names without its algorithm', async () => {
    const { chain } = scenariosOf('podman-5-1.44');
    const raw = rawNamed('podman-5-1.44', chain[1] ?? '');
    expect(raw['ParentId']).toMatch(/^[0-9a-f]{64}$/);
    const row = rowNamed(await listed('podman-5-1.44'), chain[1] ?? '');
    expect(row.parentId).toBe(`sha256:${raw['ParentId']}`);
  });

  it.each(NEWEST)('is the steps of a build, which only all=1 shows: %s', async (folder) => {
    const rows = await listed(folder);
    const shown = new Set(recordedRows(folder, 'images-default').map(({ Id }) => Id));
    const step = rowOf(rows, rowNamed(rows, scenariosOf(folder).intermediate).parentId ?? '');
    expect(step).toMatchObject({ tags: [], digests: [] });
    expect(shown.has(step.id)).toBe(false);
    expect(rowOf(rows, step.parentId ?? '').id).toBe(step.parentId);
  });

  it.each(['docker-20-1.41', 'docker-28-graph-1.51', 'docker-28-containerd-1.51'])(
    'is no date where it says year 1: %s',
    async (folder) => {
      const name = scenariosOf(folder).dates['yearOne'] ?? '';
      expect(rawNamed(folder, name)['Created']).toBe(-62_135_596_800);
      expect(rowNamed(await listed(folder), name).created).toBeNull();
    },
  );

  it.each(NEWEST)('is 1970, which reproducible builds set: %s', async (folder) => {
    const name = scenariosOf(folder).dates['epoch'] ?? '';
    expect(rawNamed(folder, name)['Created']).toBe(0);
    expect(rowNamed(await listed(folder), name).created).toBe(0);
  });

  it.each(CONTAINERD)('is no date where no platform is here: %s', async (folder) => {
    const name = scenariosOf(folder).emptied as string;
    expect(rawNamed(folder, name)['Created']).toBe(0);
    expect(rowNamed(await listed(folder), name).created).toBeNull();
  });

  it.each(NEWEST)('is Size, and never a shared or virtual one: %s', async (folder) => {
    const { multiPlatform } = scenariosOf(folder);
    const raw = rawNamed(folder, multiPlatform);
    expect(raw['Size']).toBeGreaterThan(1_000);
    expect(rowNamed(await listed(folder), multiPlatform).size).toBe(raw['Size']);
  });

  it.each(NEWEST)('is every label as it is, by key: %s', async (folder) => {
    const { labels } = rowNamed(await listed(folder), scenariosOf(folder).oddLabels);
    const keys = Object.keys(ODD_LABELS).sort();
    expect(keys).toContain('__proto__');
    expect(labels).toEqual(keys.map((key) => ({ key, value: ODD_LABELS[key] })));
  });

  it.each(FOLDERS)('is no label where Labels is null or empty: %s', async (folder) => {
    const raw = recordedRows(folder);
    const rows = await listed(folder);
    for (const labels of [null, {}]) {
      const bare = raw.find((row) => JSON.stringify(row['Labels']) === JSON.stringify(labels));
      expect(rowOf(rows, bare?.['Id']).labels).toEqual([]);
    }
  });
});
