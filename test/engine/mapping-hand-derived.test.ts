import { describe, expect, it } from 'vitest';
import { rawNamed, scenariosOf } from '../engines/recordings.ts';
import { inspected, listed } from '../engines/replayed.ts';

/** Answers that none of the recorded engines gives, derived by hand as in mapping-hand-derived-rows.test.ts. */
const GRAPH = 'docker-28-graph-1.51';
const CONTAINERD = 'docker-28-containerd-1.51';

describe('a manifest derived by hand', () => {
  const { multiPlatform } = scenariosOf(CONTAINERD);
  const raw = rawNamed(CONTAINERD, multiPlatform);
  const [manifest] = raw['Manifests'];
  const mappedManifest = async (changes: object) => {
    const images = [{ ...raw, Manifests: [{ ...manifest, ...changes }] }];
    return (await listed(CONTAINERD, { images }))[0]?.manifests?.[0];
  };

  it('that the engine leaves out, because there are none, is an empty list', async () => {
    const { Manifests: _, ...without } = raw;
    const [row] = await listed(CONTAINERD, { images: [without] });
    expect(row?.manifests).toEqual([]);
  });

  it('of an unknown kind stays one', async () => {
    expect(await mappedManifest({ Kind: 'unknown', ImageData: undefined })).toMatchObject({
      kind: 'UNKNOWN',
      platform: null,
      unpackedSize: null,
      containerIds: [],
    });
    expect(await mappedManifest({ Kind: 'wasm' })).toMatchObject({ kind: 'UNKNOWN' });
  });

  it('of a platform that neither index nor configuration tells has none', async () => {
    const ImageData = { ...manifest.ImageData, Platform: { architecture: '', os: '' } };
    expect(await mappedManifest({ ImageData })).toMatchObject({ platform: null });
  });

  it('has the variant and the version of its platform', async () => {
    const platform = {
      architecture: 'arm64',
      os: 'windows',
      variant: 'v8',
      'os.version': '10.0.1',
    };
    const Descriptor = { ...manifest.Descriptor, platform };
    const expected = { architecture: 'arm64', os: 'windows', variant: 'v8', osVersion: '10.0.1' };
    const row = await mappedManifest({ Descriptor });
    expect(row?.descriptor.platform).toEqual(expected);
  });

  it('without a descriptor is known by its ID, in capitals', async () => {
    const row = await mappedManifest({ Descriptor: null });
    expect(row).toMatchObject({ digest: manifest.ID, descriptor: { digest: manifest.ID } });
  });

  it('of an artifact has its type', async () => {
    const Descriptor = { ...manifest.Descriptor, artifactType: 'application/vnd.example' };
    expect((await mappedManifest({ Descriptor }))?.descriptor.artifactType).toBe(
      'application/vnd.example',
    );
  });
});

describe('an inspect derived by hand', () => {
  it('of API 1.52 on, which leaves out what is empty, is the same', async () => {
    const { detail, raw } = await inspected(CONTAINERD, 'imported');
    const { Parent: _, DockerVersion: __, Author: ___, GraphDriver: ____, ...rest } = raw;
    const given = { ...rest, Config: {} };
    const absent = { Parent: undefined, Author: undefined, GraphDriver: undefined };
    const modern = await inspected(CONTAINERD, 'imported', { ...given, ...absent });
    expect(raw['Config']).toHaveProperty('Cmd');
    expect(modern.detail).toEqual(detail);
  });

  it('of 28.1 to 28.5, where Config may be null, has an empty configuration', async () => {
    const { detail } = await inspected(CONTAINERD, 'emptied', { Config: null });
    expect(detail.config).toMatchObject({ environment: [], command: null, labels: [], user: null });
  });

  it('of 24.0.0, where RepoTags and RepoDigests may be null, has no names', async () => {
    const { detail } = await inspected(GRAPH, 'imported', { RepoTags: null, RepoDigests: null });
    expect(detail).toMatchObject({ tags: [], digests: [] });
  });

  it('of a Windows image has the version of its system', async () => {
    const { detail } = await inspected(GRAPH, 'imported', { Os: 'windows', OsVersion: '10.0.1' });
    expect(detail.platform).toMatchObject({ os: 'windows', osVersion: '10.0.1' });
  });

  it('of an arm image has its variant', async () => {
    const { detail } = await inspected(GRAPH, 'imported', { Architecture: 'arm', Variant: 'v7' });
    expect(detail.platform).toMatchObject({ architecture: 'arm', variant: 'v7' });
  });

  it('has every part of a configuration', async () => {
    const { detail } = await inspected(GRAPH, 'imported', {
      Author: 'me',
      Comment: 'hand-made',
      Config: {
        Env: ['A=1'],
        Entrypoint: ['/e'],
        Cmd: [],
        WorkingDir: '/w',
        User: '1:2',
        ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
        Volumes: { '/v': {} },
        Labels: { b: '2', a: '1' },
        StopSignal: 'SIGINT',
        OnBuild: ['RUN x'],
        Shell: ['/bin/zsh'],
      },
    });
    expect(detail).toMatchObject({ author: 'me', comment: 'hand-made' });
    expect(detail.config).toEqual({
      environment: [{ name: 'A', value: '1' }],
      entrypoint: ['/e'],
      command: [],
      workingDirectory: '/w',
      user: '1:2',
      exposedPorts: ['443/tcp', '80/tcp'],
      volumes: ['/v'],
      labels: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
      stopSignal: 'SIGINT',
      onBuild: ['RUN x'],
      shell: ['/bin/zsh'],
    });
  });
});
