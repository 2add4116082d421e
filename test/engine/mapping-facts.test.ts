import { describe, expect, it } from 'vitest';
import { FOLDERS, foldersOf, type Raw } from '../engines/recordings.ts';
import { factsOf, sharedSizesOf } from '../engines/replayed.ts';
import { recorded } from '../support/replay-engine.ts';

const CONTAINERD = foldersOf('docker-28-containerd');
const GRAPH = foldersOf('docker-28-graph');
const PODMAN = foldersOf('podman-5');
const DOCKER = FOLDERS.filter((folder) => folder.startsWith('docker'));

describe('what an engine is', () => {
  it.each(FOLDERS)('speaks the version that was agreed: %s', async (folder) => {
    expect((await factsOf(folder))?.api).toBe(Number(folder.split('-1.')[1]));
  });

  it('accepts no version below its oldest', async () => {
    expect((await factsOf('docker-20-1.41'))?.minApi).toBe(12);
    expect((await factsOf('docker-28-graph-1.51'))?.minApi).toBe(24);
  });

  it.each(CONTAINERD)('has the containerd store, whatever the version: %s', async (folder) => {
    expect(await factsOf(folder)).toMatchObject({ kind: 'DOCKER', store: 'CONTAINERD' });
  });

  it.each([...GRAPH, 'docker-20-1.41'])(
    'has a graph driver, whatever the version: %s',
    async (folder) => {
      expect(await factsOf(folder)).toMatchObject({ kind: 'DOCKER', store: 'GRAPH_DRIVER' });
    },
  );

  it.each(PODMAN)('is Podman, whatever the version: %s', async (folder) => {
    expect(await factsOf(folder)).toMatchObject({ kind: 'PODMAN', store: 'CONTAINERS_STORAGE' });
  });

  it.each(FOLDERS)('is the release that it calls itself: %s', async (folder) => {
    const { Version } = recorded(folder, 'version') as Raw;
    const facts = await factsOf(folder);
    expect(facts?.version).toBe(Version);
    expect(facts).toMatchObject({ operatingSystem: 'linux', architecture: 'amd64' });
  });

  it.each(DOCKER)('is known again by its ID: %s', async (folder) => {
    const { ID } = recorded(folder, 'info') as Raw;
    expect((await factsOf(folder))?.engineId).toBe(ID);
  });

  it.each(PODMAN)('has no ID where each answer has another: %s', async (folder) => {
    expect((recorded(folder, 'info') as Raw)['ID']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await factsOf(folder))?.engineId).toBeNull();
  });

  it("is Docker's before Components (API below 1.35, derived by hand)", async () => {
    const { Components: _, ...version } = recorded('docker-20-1.41', 'version') as Raw;
    expect(await factsOf('docker-20-1.41', { version })).toMatchObject({ kind: 'DOCKER' });
  });

  it('accepts API 1.24 where it does not say (engine 1.12, derived by hand)', async () => {
    const { MinAPIVersion: _, ...version } = recorded('docker-20-1.41', 'version') as Raw;
    expect((await factsOf('docker-20-1.41', { version }))?.minApi).toBe(24);
  });

  it('has a graph driver of any name, also without DriverStatus (derived by hand)', async () => {
    const recordedInfo = recorded('docker-20-1.41', 'info') as Raw;
    const info = { ...recordedInfo, Driver: 'vfs', DriverStatus: null };
    expect(await factsOf('docker-20-1.41', { info })).toMatchObject({ store: 'GRAPH_DRIVER' });
  });
});

describe('shared sizes', () => {
  it.each(['docker-28-containerd-1.51', 'docker-28-graph-1.51'])(
    'come from a list from API 1.42 on: %s',
    async (folder) => {
      const raw = recorded(folder, 'images-shared-size') as readonly Raw[];
      const { sizes, calls } = await sharedSizesOf(folder);
      expect(calls).toEqual(['GET /v1.51/images/json?all=1&shared-size=1']);
      expect(sizes).toEqual(new Map(raw.map(({ Id, SharedSize }) => [Id, SharedSize])));
      expect([...sizes.values()].some((size) => (size ?? 0) > 0)).toBe(true);
    },
  );

  it('come from the disk usage below, for all but intermediate images', async () => {
    const folder = 'docker-20-1.41';
    const { Images } = recorded(folder, 'system-df') as Raw;
    const { sizes, calls } = await sharedSizesOf(folder);
    expect(calls).toEqual(['GET /v1.41/system/df']);
    expect(sizes.size).toBe(Images.length);
    for (const { Id, SharedSize } of Images) expect(sizes.get(Id)).toBe(SharedSize);
    expect([...sizes.values()].some((size) => (size ?? 0) > 0)).toBe(true);
    const all = recorded(folder, 'images') as readonly Raw[];
    expect(Images.length).toBeLessThan(all.length);
  });

  // Engine 28 has /system/df at 1.24 too; engine 1.12, whose newest version that is, has none.
  it.each(['docker-28-containerd-1.24', 'docker-28-graph-1.24'])(
    'are unknown below 1.25, and nothing is asked: %s',
    async (folder) => {
      const { sizes, calls } = await sharedSizesOf(folder);
      expect([sizes.size, calls]).toEqual([0, []]);
    },
  );

  it.each(PODMAN)(
    'are unknown on Podman, which says 0, and nothing is asked: %s',
    async (folder) => {
      const { sizes, calls } = await sharedSizesOf(folder);
      expect([sizes.size, calls]).toEqual([0, []]);
    },
  );

  it('are unknown where the engine says -1, which it does unless asked', async () => {
    const raw = recorded('docker-28-graph-1.51', 'images') as readonly Raw[];
    expect(new Set(raw.map(({ SharedSize }) => SharedSize))).toEqual(new Set([-1]));
    const { sizes } = await sharedSizesOf('docker-28-graph-1.51', { 'images-shared-size': raw });
    expect(sizes.size).toBe(raw.length);
    expect(new Set(sizes.values())).toEqual(new Set([null]));
  });
});
