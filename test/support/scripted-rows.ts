import type { ContainerRow } from '../../src/engine/container-row.ts';
import type { EngineFacts } from '../../src/engine/engine-facts.ts';
import type { ImageRow, ManifestRow } from '../../src/engine/image-row.ts';
import { idOf } from './stand-in-engine.ts';

/** A Docker engine with the containerd store, of which single images can be read. */
export const CONTAINERD: EngineFacts = {
  kind: 'DOCKER',
  version: '28.5.2',
  api: 51,
  minApi: 24,
  store: 'CONTAINERD',
  operatingSystem: 'linux',
  architecture: 'x86_64',
  engineId: 'engine-1',
};

/** A platform manifest whose digest a number decides. */
export function manifestRow(number: number, changes: Partial<ManifestRow> = {}): ManifestRow {
  const digest = `sha256:${number.toString(16).padStart(64, 'f')}`;
  return {
    digest,
    descriptor: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest,
      size: 1,
      platform: null,
      annotations: [],
      artifactType: null,
    },
    available: true,
    kind: 'IMAGE',
    contentSize: 10,
    totalSize: 30,
    unpackedSize: 20,
    platform: { os: 'linux', architecture: 'amd64', variant: null, osVersion: null },
    containerIds: [],
    attestsDigest: null,
    ...changes,
  };
}

/** An image of the containerd store with one manifest of its own. */
export function imageRow(
  number: number,
  tags: readonly string[] = [],
  changes: Partial<ImageRow> = {},
): ImageRow {
  const { descriptor } = manifestRow(number);
  return {
    id: idOf(number),
    parentId: null,
    tags,
    digests: tags.map((tag) => tag.replace(/:.*/, `@${idOf(number)}`)),
    created: 1_700_000_000 + number,
    size: 30,
    labels: [],
    manifests: [manifestRow(number)],
    descriptor: { ...descriptor, digest: idOf(number) },
    ...changes,
  };
}

/** A running container of an image. */
export function containerRow(
  number: number,
  image: ImageRow,
  changes: Partial<ContainerRow> = {},
): ContainerRow {
  return {
    id: number.toString(16).padStart(64, 'c'),
    name: `c${number}`,
    state: 'RUNNING',
    statusText: 'Up 3 hours',
    created: 1_700_000_000 + number,
    imageReference: image.tags[0] ?? image.id,
    imageId: image.id,
    manifestDigest: image.manifests?.[0]?.digest ?? null,
    ...changes,
  };
}
