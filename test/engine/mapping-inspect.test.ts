import { describe, expect, it } from 'vitest';
import { FOLDERS, NEWEST, foldersOf, scenariosOf } from '../engines/recordings.ts';
import { inspected, listed } from '../engines/replayed.ts';
import { ODD_LABELS } from '../engines/scenarios.ts';

const CONTAINERD = foldersOf('docker-28-containerd');
const GRAPH = foldersOf('docker-28-graph');
const PODMAN = foldersOf('podman-5');
const ZERO_TIME = '0001-01-01T00:00:00Z';

describe('an inspect', () => {
  it.each(FOLDERS)('names an image as the list does: %s', async (folder) => {
    const rows = await listed(folder);
    for (const file of ['dangling', 'multi-platform', 'two-repositories', 'date-none']) {
      const { detail } = await inspected(folder, file);
      const { id, tags, digests, parentId } = detail;
      const row = rows.find((candidate) => candidate.id === id);
      expect({ tags, digests, parentId }).toEqual({
        tags: row?.tags,
        digests: row?.digests,
        parentId: row?.parentId,
      });
    }
  });

  it.each([CONTAINERD, GRAPH, PODMAN])(
    'is the same at every API version: %s',
    async (...folders) => {
      const essence = async (folder: string) => {
        const { detail } = await inspected(folder, 'multi-platform');
        return { ...detail, manifests: null, descriptor: null };
      };
      const expected = await essence(folders[0] ?? '');
      expect(folders.length).toBeGreaterThan(1);
      for (const folder of folders) expect(await essence(folder)).toEqual(expected);
    },
  );

  it.each(FOLDERS)('asks for manifests from API 1.48 on: %s', async (folder) => {
    const { calls } = await inspected(folder, 'multi-platform');
    const minor = Number(folder.split('-1.')[1]);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.endsWith(minor >= 48 ? '/json?manifests=1' : '/json')).toBe(true);
    expect(calls[0]).toContain(`/v1.${minor}/`);
  });

  it.each(FOLDERS)(
    'tells manifests from API 1.48 of the containerd store on: %s',
    async (folder) => {
      const { detail } = await inspected(folder, 'multi-platform');
      const told = /containerd-1\.(48|51)$/.test(folder);
      expect(detail.manifests?.length ?? null).toBe(told ? 4 : null);
      expect(detail.descriptor === null).toBe(!told);
    },
  );

  it.each(FOLDERS)('has no author and no comment where they are empty: %s', async (folder) => {
    const { detail, raw } = await inspected(folder, 'dangling');
    expect([raw['Author'], raw['Comment']]).toEqual(['', '']);
    expect([detail.author, detail.comment]).toEqual([null, null]);
  });

  it.each(NEWEST)('has the comment of an import: %s', async (folder) => {
    const { detail } = await inspected(folder, 'imported');
    expect(detail.comment).toMatch(/^imported from/i);
  });

  it.each(NEWEST)('has the parent with its algorithm: %s', async (folder) => {
    const { detail, raw } = await inspected(folder, 'chain-top');
    expect(raw['Parent']).toMatch(folder.startsWith('podman') ? /^[0-9a-f]{64}$/ : /^sha256:/);
    const rows = await listed(folder);
    const [, middle = ''] = scenariosOf(folder).chain;
    expect(detail.parentId).toBe(rows.find(({ tags }) => tags.includes(middle))?.id);
  });

  it.each(NEWEST)('has no parent where it is empty: %s', async (folder) => {
    const { detail, raw } = await inspected(folder, 'imported');
    expect(raw['Parent']).toBe('');
    expect(detail.parentId).toBeNull();
  });

  it.each(['docker-28-containerd-1.51', 'podman-5-1.44'])(
    'has a digest of its own, which it was pulled by, among the digests: %s',
    async (folder) => {
      const { detail } = await inspected(folder, 'by-digest');
      expect(detail).toMatchObject({ tags: [], digests: [scenariosOf(folder).byDigest] });
    },
  );
});

describe('the time of an inspect', () => {
  it.each(['docker-20-1.41', 'docker-28-containerd-1.43', 'docker-28-graph-1.24'])(
    'is none where it is year 1 (API below 1.44): %s',
    async (folder) => {
      const { detail, raw } = await inspected(folder, 'date-none');
      expect(raw['Created']).toBe(ZERO_TIME);
      expect(detail.created).toBeNull();
    },
  );

  it.each(['docker-28-containerd-1.44', 'docker-28-graph-1.51'])(
    'is none where it is left out (API 1.44 on): %s',
    async (folder) => {
      const { detail, raw } = await inspected(folder, 'date-none');
      expect(raw).not.toHaveProperty('Created');
      expect(detail.created).toBeNull();
    },
  );

  it.each(['docker-28-containerd-1.51', 'docker-28-graph-1.51'])(
    'is none where the image itself says year 1: %s',
    async (folder) => {
      const { detail, raw } = await inspected(folder, 'date-yearone');
      expect(raw['Created']).toBe(ZERO_TIME);
      expect(detail.created).toBeNull();
    },
  );

  it.each(FOLDERS)('may be 1970: %s', async (folder) => {
    const { detail } = await inspected(folder, 'date-epoch');
    expect(detail.created).toBe('1970-01-01T00:00:00Z');
  });

  it.each(NEWEST)('keeps its nanoseconds: %s', async (folder) => {
    const { detail, raw } = await inspected(folder, 'multi-platform');
    expect(raw['Created']).toMatch(/\.\d{7,9}Z$/);
    expect(detail.created).toBe(raw['Created']);
  });

  it.each(['docker-20-1.41', 'docker-28-graph-1.51', 'podman-5-1.44'])(
    'when it was tagged last is none where it never was here: %s',
    async (folder) => {
      const { detail, raw } = await inspected(folder, 'by-digest');
      expect(raw['Metadata'].LastTagTime).toBe(ZERO_TIME);
      expect(detail.lastTagged).toBeNull();
    },
  );

  it('when it was tagged last is that of its metadata', async () => {
    const { detail, raw } = await inspected('docker-20-1.41', 'multi-platform');
    expect(detail.lastTagged).toBe(Math.floor(Date.parse(raw['Metadata'].LastTagTime) / 1000));
    expect(detail.lastTagged).not.toBeNull();
  });
});

describe('the configuration of an inspect', () => {
  it.each(NEWEST)('is Config, never that of the container of its last step: %s', async (folder) => {
    const { detail, raw } = await inspected(folder, 'multi-platform');
    expect(raw['Config'].Cmd).toEqual(['/app/start']);
    expect(detail.config.command).toEqual(['/app/start']);
    expect(detail.config.environment).toContainEqual({ name: 'APP_HOME', value: '/app' });
  });

  it.each(['docker-20-1.41', 'docker-28-graph-1.43'])(
    'is not ContainerConfig (API below 1.45): %s',
    async (folder) => {
      const { detail, raw } = await inspected(folder, 'dangling');
      expect(raw['ContainerConfig'].Cmd.join(' ')).toContain('COPY');
      expect(raw['Config'].Cmd).toBeNull();
      expect(detail.config.command).toBeNull();
    },
  );

  it.each(FOLDERS)('is empty where an image sets nothing: %s', async (folder) => {
    const { detail } = await inspected(folder, 'dangling');
    const { labels, environment, workingDirectory, ...rest } = detail.config;
    expect(rest).toEqual({
      entrypoint: null,
      command: null,
      user: null,
      exposedPorts: [],
      volumes: [],
      stopSignal: null,
      onBuild: [],
      shell: null,
    });
    // Podman says who built it, and the classic builders set a PATH.
    expect(labels.every(({ key }) => key === 'io.buildah.version')).toBe(true);
    expect(environment.every(({ name }) => name === 'PATH')).toBe(true);
    expect([null, '/']).toContain(workingDirectory);
  });

  it.each(NEWEST)('has every label as it is: %s', async (folder) => {
    const { detail } = await inspected(folder, 'odd-labels');
    const keys = Object.keys(ODD_LABELS).sort();
    expect(detail.config.labels).toEqual(keys.map((key) => ({ key, value: ODD_LABELS[key] })));
  });
});

describe('an inspect of an image of which no platform is here', () => {
  it('has nothing but its names and manifests', async () => {
    const { detail, raw } = await inspected('docker-28-containerd-1.51', 'emptied');
    expect(raw).toMatchObject({ Os: '', Architecture: '', RootFS: {} });
    expect(raw).not.toHaveProperty('Created');
    expect(detail).toMatchObject({ platform: null, layers: [], created: null });
    expect(detail.config.command).toBeNull();
    expect(detail.tags).toEqual(['demo/emptied:1']);
    expect(detail.manifests).toHaveLength(4);
  });

  it('describes the platform that is here where the own one is not (28.5)', async () => {
    const { detail } = await inspected('docker-28-containerd-1.51', 'partial');
    expect(detail.platform).toMatchObject({ os: 'linux', architecture: 'arm64' });
  });

  it.each(NEWEST)(
    'has no variant where the engine gives none or an empty one: %s',
    async (folder) => {
      const { detail } = await inspected(folder, 'multi-platform');
      expect(detail.platform).toEqual({
        os: 'linux',
        architecture: 'amd64',
        variant: null,
        osVersion: null,
      });
    },
  );

  it.each(NEWEST)('has a diff ID for each layer: %s', async (folder) => {
    const { detail, raw } = await inspected(folder, 'chain-top');
    expect(detail.layers).toHaveLength(3);
    expect(detail.layers).toEqual(raw['RootFS'].Layers);
  });
});
