import { describe, expect, it } from 'vitest';
import type { ImageRow } from '../../src/engine/image-row.ts';
import { FOLDERS, foldersOf, recordedRows } from '../engines/recordings.ts';
import { callsOfLists, listed } from '../engines/replayed.ts';

const CONTAINERD = foldersOf('docker-28-containerd');

/** Rows without what only some versions of the API tell. */
const essence = (rows: readonly ImageRow[]) =>
  rows.map((row) => ({ ...row, manifests: null, descriptor: null }));

describe('a list of images', () => {
  it.each(FOLDERS)('is asked for once, with everything in it: %s', async (folder) => {
    const prefix = `GET /v${folder.split('-').at(-1)}`;
    expect(await callsOfLists(folder)).toEqual([
      `${prefix}/images/json?all=1&manifests=1`,
      `${prefix}/containers/json?all=1`,
    ]);
  });

  it.each(FOLDERS)('has every image that the engine sent: %s', async (folder) => {
    const ids = recordedRows(folder).map((raw) => raw['Id']);
    expect(ids.length).toBeGreaterThan(15);
    expect((await listed(folder)).map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  it.each(FOLDERS)('lets no sentinel through: %s', async (folder) => {
    const values = (row: unknown): unknown[] =>
      typeof row === 'object' && row !== null ? Object.values(row).flatMap(values) : [row];
    const all = (await listed(folder)).map((row) => ({ ...row, labels: [] })).flatMap(values);
    expect(JSON.stringify(recordedRows(folder))).toMatch(/"ParentId":"".*"SharedSize":-1/);
    expect(all.filter((value) => typeof value === 'number' && value < 0)).toEqual([]);
    expect(all.filter((value) => value === '')).toEqual([]);
    expect(all.filter((value) => String(value).includes('<none>'))).toEqual([]);
    expect(all.filter((value) => value === undefined)).toEqual([]);
  });

  it.each(FOLDERS.filter((folder) => !/graph-1\.51|podman/.test(folder)))(
    'lets no count of containers through, which is -1 below API 1.51 and without platforms: %s',
    async (folder) => {
      const counts = recordedRows(folder).map(({ Containers }) => Containers);
      expect(counts).toContain(-1);
      for (const row of await listed(folder)) {
        expect(Object.values(row).filter((value) => value === -1)).toEqual([]);
      }
    },
  );

  it.each(FOLDERS)('is newest first, then by ID, whatever the engine did: %s', async (folder) => {
    const raw = [...recordedRows(folder)];
    const order = (await listed(folder)).map(({ id, created }) => ({ id, created }));
    expect(order.map(({ id }) => id)).not.toEqual(raw.map(({ Id }) => Id));
    for (const [at, row] of order.slice(1).entries()) {
      const before = order[at] as (typeof order)[0];
      const [left, right] = [before.created ?? -Infinity, row.created ?? -Infinity];
      expect(left > right || (left === right && before.id < row.id)).toBe(true);
    }
    const reversed = await listed(folder, { images: raw.toReversed() });
    expect(reversed.map(({ id }) => id)).toEqual(order.map(({ id }) => id));
  });

  it('is the same at every API version of the graph driver', async () => {
    const [oldest, ...others] = FOLDERS.filter((folder) => folder.startsWith('docker-28-graph'));
    const expected = await listed(oldest ?? '');
    expect(others).toHaveLength(3);
    for (const folder of others) expect(await listed(folder)).toEqual(expected);
  });

  it('is the same at every API version of the containerd store but for manifests', async () => {
    const [oldest, ...others] = CONTAINERD;
    const expected = essence(await listed(oldest ?? ''));
    expect(others).toHaveLength(5);
    for (const folder of others) expect(essence(await listed(folder))).toEqual(expected);
  });

  it('is the same at every API version of Podman', async () => {
    expect(recordedRows('podman-5-1.41')[0]).toHaveProperty('VirtualSize');
    expect(recordedRows('podman-5-1.44')[0]).not.toHaveProperty('VirtualSize');
    expect(await listed('podman-5-1.41')).toEqual(await listed('podman-5-1.44'));
  });
});
