import { describe, expect, it } from 'vitest';
import type { ManifestRow } from '../../src/engine/image-row.ts';
import { FOLDERS, rawNamed, recordedRows, scenariosOf, type Raw } from '../engines/recordings.ts';
import { inspected, listed } from '../engines/replayed.ts';

const NEWEST_API = 'docker-28-containerd-1.51';
const WITH_MANIFESTS = [NEWEST_API, 'docker-28-containerd-1.48', 'docker-28-containerd-1.47'];
const facts = scenariosOf(NEWEST_API);
const platformOf = ({ platform }: ManifestRow) => `${platform?.os}/${platform?.architecture}`;

/** The recorded and the mapped manifests of one name. */
async function manifestsOf(folder: string, name: string | null) {
  const raw = rawNamed(folder, name);
  const rows = await listed(folder);
  const row = rows.find(({ tags }) => tags.includes(name ?? ''));
  return { raw: raw['Manifests'] as readonly Raw[], mapped: row?.manifests ?? [], row };
}

describe('manifests', () => {
  it.each(FOLDERS.filter((folder) => !WITH_MANIFESTS.includes(folder)))(
    'are unknown where the engine tells none: %s',
    async (folder) => {
      expect(recordedRows(folder).some((raw) => 'Manifests' in raw)).toBe(false);
      for (const { manifests } of await listed(folder)) expect(manifests).toBeNull();
    },
  );

  it.each(WITH_MANIFESTS)('are all that the index names, in its order: %s', async (folder) => {
    const { raw, mapped } = await manifestsOf(folder, facts.multiPlatform);
    expect(mapped.map(({ digest }) => digest)).toEqual(raw.map(({ ID }) => ID));
    expect(mapped.map(({ kind }) => kind)).toEqual([
      'IMAGE',
      'IMAGE',
      'ATTESTATION',
      'ATTESTATION',
    ]);
    expect(mapped.slice(0, 2).map(platformOf)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it.each(WITH_MANIFESTS)(
    'attest a manifest, and have no platform to run on: %s',
    async (folder) => {
      const { raw, mapped } = await manifestsOf(folder, facts.multiPlatform);
      const [first, second, ...attestations] = mapped;
      expect(raw[2]).not.toHaveProperty('ImageData');
      expect(attestations.map(({ attestsDigest }) => attestsDigest)).toEqual([
        first?.digest,
        second?.digest,
      ]);
      expect([first?.attestsDigest, second?.attestsDigest]).toEqual([null, null]);
      for (const { platform, unpackedSize, containerIds, descriptor } of attestations) {
        expect({ platform, unpackedSize, containerIds }).toEqual({
          platform: null,
          unpackedSize: null,
          containerIds: [],
        });
        // What the index itself says stays with the descriptor.
        expect(descriptor.platform).toMatchObject({ os: 'unknown', architecture: 'unknown' });
        expect(descriptor.annotations.map(({ key }) => key)).toEqual([
          'vnd.docker.reference.digest',
          'vnd.docker.reference.type',
        ]);
      }
    },
  );

  it.each(WITH_MANIFESTS)('of a platform that was not pulled are no bytes: %s', async (folder) => {
    const { raw, mapped } = await manifestsOf(folder, facts.partial);
    expect(raw[0]?.['Available']).toBe(false);
    expect(mapped[0]).toMatchObject({
      available: false,
      contentSize: 0,
      totalSize: 0,
      unpackedSize: 0,
      platform: { os: 'linux', architecture: 'amd64' },
    });
    expect(mapped[1]).toMatchObject({ available: true, platform: { architecture: 'arm64' } });
    expect(mapped[1]?.contentSize).toBeGreaterThan(0);
  });

  it.each(WITH_MANIFESTS)('are there although no platform is: %s', async (folder) => {
    const { mapped } = await manifestsOf(folder, facts.emptied);
    expect(mapped.map(({ kind, available }) => [kind, available])).toEqual([
      ['IMAGE', false],
      ['IMAGE', false],
      ['ATTESTATION', true],
      ['ATTESTATION', true],
    ]);
  });

  it.each(WITH_MANIFESTS)('have the sizes that the engine gives: %s', async (folder) => {
    const { raw, mapped } = await manifestsOf(folder, facts.multiPlatform);
    const [first] = raw;
    expect(first?.['Size'].Total).toBeGreaterThan(first?.['Size'].Content);
    expect(mapped[0]).toMatchObject({
      contentSize: first?.['Size'].Content,
      totalSize: first?.['Size'].Total,
      unpackedSize: first?.['ImageData'].Size.Unpacked,
    });
  });

  it.each(WITH_MANIFESTS)('name the containers that run them: %s', async (folder) => {
    const { raw, mapped } = await manifestsOf(folder, facts.multiPlatform);
    expect(raw[0]?.['ImageData'].Containers).toHaveLength(1);
    // From 1.48 on each container names its manifest itself.
    const isNeeded = folder.endsWith('-1.47');
    expect(mapped[0]?.containerIds).toEqual(isNeeded ? raw[0]?.['ImageData'].Containers : []);
  });

  it.each(WITH_MANIFESTS)('have no containers where the engine says null: %s', async (folder) => {
    const { raw, mapped } = await manifestsOf(folder, facts.multiPlatform);
    expect(raw[1]?.['ImageData'].Containers).toBeNull();
    expect(mapped[1]?.containerIds).toEqual([]);
  });

  it('of an image without an index are the image itself', async () => {
    const { mapped, row } = await manifestsOf(NEWEST_API, facts.imported);
    expect(mapped.map(({ digest, kind }) => [digest, kind])).toEqual([[row?.id, 'IMAGE']]);
  });

  it('are the same in an inspect', async () => {
    const { mapped, row } = await manifestsOf(NEWEST_API, facts.multiPlatform);
    const { detail, calls } = await inspected(NEWEST_API, 'multi-platform');
    expect(detail.manifests).toEqual(mapped);
    expect(detail.descriptor).toEqual(row?.descriptor);
    expect(calls).toEqual([`GET /v1.51/images/${row?.id}/json?manifests=1`]);
  });
});

describe('descriptors', () => {
  const nameless = FOLDERS.filter((folder) => !/containerd-1\.(48|51)$/.test(folder));

  it.each(nameless)('are unknown where the engine gives none: %s', async (folder) => {
    for (const { descriptor } of await listed(folder)) expect(descriptor).toBeNull();
  });

  it.each([NEWEST_API, 'docker-28-containerd-1.48'])(
    'are of the target, as the ID is: %s',
    async (folder) => {
      for (const { id, descriptor } of await listed(folder)) expect(descriptor?.digest).toBe(id);
      const { raw: _, row } = await manifestsOf(folder, facts.multiPlatform);
      expect(row?.descriptor).toMatchObject({
        mediaType: 'application/vnd.oci.image.index.v1+json',
        platform: null,
        annotations: [],
        artifactType: null,
      });
      expect(row?.descriptor?.size).toBeGreaterThan(1_000);
    },
  );

  it('of an image itself tell nothing of the name that it was loaded with', async () => {
    const raw = recordedRows(NEWEST_API, 'images').find(({ RepoTags }) =>
      RepoTags?.includes(facts.oddLabels),
    );
    expect(raw?.['Descriptor'].annotations).toHaveProperty(['io.containerd.image.name']);
    const { row, mapped } = await manifestsOf(NEWEST_API, facts.oddLabels);
    expect(row?.descriptor?.annotations).toEqual([]);
    expect(mapped[0]?.descriptor.annotations).toEqual([]);
  });
});
