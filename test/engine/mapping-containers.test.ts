import { describe, expect, it } from 'vitest';
import { FOLDERS, NEWEST, recordedRows, scenariosOf } from '../engines/recordings.ts';
import { containersOf, listed } from '../engines/replayed.ts';

/** The recorded container of a name, changed, and what becomes of it. */
async function mapped(folder: string, changes: object) {
  const raw = recordedRows(folder, 'containers').find(({ Names }) => Names[0] === '/demo-one');
  const [row] = await containersOf(folder, { containers: [{ ...raw, ...changes }] });
  return row;
}

/** The containers that the engine names for each manifest, by its digest. */
function namedByManifests(folder: string): ReadonlyMap<string, readonly string[]> {
  const manifests = recordedRows(folder, 'images').flatMap(({ Manifests }) => Manifests ?? []);
  return new Map(manifests.map(({ ID, ImageData }) => [ID, ImageData?.Containers ?? []]));
}

describe('a list of containers', () => {
  it.each(FOLDERS)('has every container, by its name without the slash: %s', async (folder) => {
    const names = (await containersOf(folder)).map(({ name }) => name).sort();
    expect(names).toEqual(Object.keys(scenariosOf(folder).containers).sort());
  });

  it.each(FOLDERS)('names images by the ID that the image list has: %s', async (folder) => {
    const ids = new Set((await listed(folder)).map(({ id }) => id));
    const { containers } = scenariosOf(folder);
    for (const { name, imageId } of await containersOf(folder)) {
      expect(imageId).toBe(containers[name]?.imageId);
      expect(ids.has(imageId ?? '')).toBe(true);
    }
  });

  it.each(NEWEST)('says what was typed, or the ID where that names nothing: %s', async (folder) => {
    const rows = new Map((await containersOf(folder)).map((row) => [row.name, row]));
    const { imported, danglingId } = scenariosOf(folder);
    expect(rows.get('demo-one')?.imageReference).toBe(imported);
    expect([danglingId, danglingId.slice('sha256:'.length), '']).toContain(
      rows.get('demo-dangling')?.imageReference.replace(/@.*/, ''),
    );
  });

  it.each(FOLDERS)('knows of containers that never ran: %s', async (folder) => {
    for (const { state, statusText, created } of await containersOf(folder)) {
      expect({ state, statusText }).toEqual({ state: 'CREATED', statusText: 'Created' });
      expect(created).toBeGreaterThan(1_700_000_000);
    }
  });

  it.each(['docker-28-containerd-1.48', 'docker-28-containerd-1.51'])(
    'knows the manifest that a container runs: %s',
    async (folder) => {
      const rows = await containersOf(folder);
      const images = await listed(folder);
      for (const { imageId, id, manifestDigest } of rows) {
        const image = images.find((row) => row.id === imageId);
        expect(image?.manifests?.map(({ digest }) => digest)).toContain(manifestDigest);
        // What the engine fills in is the same, so that rows need not repeat it.
        expect(namedByManifests(folder).get(manifestDigest ?? '')).toContain(id);
      }
    },
  );

  it.each(FOLDERS.filter((folder) => !/containerd-1\.(48|51)$/.test(folder)))(
    'knows no manifest where the engine tells none: %s',
    async (folder) => {
      for (const { manifestDigest } of await containersOf(folder))
        expect(manifestDigest).toBeNull();
    },
  );
});

describe('a container derived by hand', () => {
  it.each([
    ['running', 'RUNNING'],
    ['paused', 'PAUSED'],
    ['restarting', 'RESTARTING'],
    ['removing', 'REMOVING'],
    ['exited', 'EXITED'],
    ['dead', 'DEAD'],
    ['Created', 'CREATED'],
    ['hibernating', 'UNKNOWN'],
    ['constructor', 'UNKNOWN'],
    ['', 'UNKNOWN'],
    [null, 'UNKNOWN'],
  ])('of Docker in the state %s is %s', async (State, state) => {
    expect((await mapped('docker-28-graph-1.51', { State }))?.state).toBe(state);
  });

  it.each([
    ['configured', 'CREATED'],
    ['initialized', 'CREATED'],
    ['stopping', 'STOPPED'],
    ['stopped', 'STOPPED'],
  ])('of Podman in the state %s is %s', async (State, state) => {
    expect((await mapped('podman-5-1.44', { State }))?.state).toBe(state);
  });

  it('keeps its own name beside the names of links to it', async () => {
    const Names = ['/other/alias', '/own', '/third/alias'];
    expect((await mapped('docker-20-1.41', { Names }))?.name).toBe('own');
  });

  it.each([[[]], [null]])(
    'without a name (%s) is called by the beginning of its ID',
    async (Names) => {
      const row = await mapped('docker-20-1.41', { Names });
      expect(row?.name).toBe(row?.id.slice(0, 12));
    },
  );

  it.each([
    ['', null],
    [null, null],
    ['a'.repeat(64), `sha256:${'a'.repeat(64)}`],
  ])('with the ImageID %s is of the image %s', async (ImageID, imageId) => {
    expect((await mapped('podman-5-1.44', { ImageID }))?.imageId).toBe(imageId);
  });
});
