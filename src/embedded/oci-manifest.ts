import type { ManifestRow } from './catalogue.ts';
import { isDigest } from './digest.ts';
import type { ImageConfig } from './image-config.ts';
import type { Blob, OciContent } from './oci-content.ts';
import type { Descriptor, Platform, Target } from './oci-json.ts';

type Manifest = Extract<Target, { kind: 'manifest' }>;

/** What was read of one manifest. */
export interface ManifestReading {
  readonly row: ManifestRow;
  /** Of an available image. */
  readonly config: ImageConfig | undefined;
  readonly blobs: ReadonlySet<Blob>;
  /** Those of the blobs that are also the unpacked layers. */
  readonly unpacked: ReadonlySet<Blob>;
}

const MAX_INDEX_DEPTH = 4;
const UNNAMED_PLATFORM: Platform = { architecture: '', os: '' };

const IMAGE_CONFIGS: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const INDEXES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/** Reads all manifests that a descriptor leads to, in the order of the index, each once. */
export async function readManifests(
  content: OciContent,
  descriptor: Descriptor,
  seen: Set<string> = new Set(),
): Promise<ManifestReading[]> {
  // Without this an index of indexes that repeat each other would take for ever.
  if (seen.has(descriptor.digest)) {
    return [];
  }
  seen.add(descriptor.digest);
  return walk(content, descriptor, seen, 0);
}

async function walk(
  content: OciContent,
  descriptor: Descriptor,
  seen: Set<string>,
  depth: number,
): Promise<ManifestReading[]> {
  const target = await content.target(descriptor.digest);
  if (target === undefined && INDEXES.has(descriptor.mediaType)) {
    return [];
  }
  if (target?.kind !== 'index') {
    return [await readManifest(content, descriptor, target)];
  }
  const readings: ManifestReading[] = [];
  for (const child of depth < MAX_INDEX_DEPTH ? target.manifests : []) {
    if (!seen.has(child.digest)) {
      seen.add(child.digest);
      readings.push(...(await walk(content, child, seen, depth + 1)));
    }
  }
  return readings;
}

async function readManifest(
  content: OciContent,
  descriptor: Descriptor,
  manifest: Manifest | undefined,
): Promise<ManifestReading> {
  const kind = kindOf(descriptor, manifest);
  const parts = manifest === undefined ? [] : [descriptor, manifest.config, ...manifest.layers];
  const found: (Blob | undefined)[] = [];
  for (const part of parts) {
    found.push(await content.blob(part));
  }
  const blobs = new Set(found.filter((blob) => blob !== undefined));
  const complete = manifest !== undefined && !found.includes(undefined);
  const config =
    complete && kind === 'image' ? await content.config(manifest.config.digest) : undefined;
  const unpacked = new Set(isUnpacked(manifest, config) ? [...blobs].slice(2) : []);
  const row: ManifestRow = {
    descriptor,
    kind,
    platform: descriptor.platform ?? config?.platform ?? UNNAMED_PLATFORM,
    available: complete && (kind !== 'image' || config !== undefined),
    content: sumOfSizes(blobs),
    unpacked: sumOfSizes(unpacked),
    described: sumOfSizes(parts),
    attests: kind === 'attestation' ? attestedDigest(descriptor) : undefined,
  };
  return { row, config, blobs, unpacked };
}

function kindOf(descriptor: Descriptor, manifest: Manifest | undefined): ManifestRow['kind'] {
  if (isAttestation(descriptor)) {
    return attestedDigest(descriptor) === undefined ? 'unknown' : 'attestation';
  }
  const { os, architecture } = descriptor.platform ?? UNNAMED_PLATFORM;
  const artifact = descriptor.artifactType ?? manifest?.artifactType;
  const image = manifest === undefined || IMAGE_CONFIGS.has(manifest.config.mediaType);
  const nowhere = os === 'unknown' && architecture === 'unknown';
  return image && artifact === undefined && !nowhere ? 'image' : 'unknown';
}

/** Whether a descriptor is of an attestation as BuildKit attaches it to an image's index. */
export function isAttestation(descriptor: Descriptor): boolean {
  return descriptor.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

function attestedDigest(descriptor: Descriptor): string | undefined {
  const digest = descriptor.annotations?.['vnd.docker.reference.digest'];
  return isDigest(digest) ? digest : undefined;
}

/** A layer is a plain tar exactly when its digest is its diff ID, whatever its media type says. */
function isUnpacked(manifest: Manifest | undefined, config: ImageConfig | undefined): boolean {
  const layers = manifest?.layers ?? [];
  return (
    config !== undefined &&
    layers.length === config.diffIds.length &&
    layers.every((layer, index) => layer.digest === config.diffIds[index])
  );
}

function sumOfSizes(sized: Iterable<{ readonly size: number }>): number {
  let sum = 0;
  for (const { size } of sized) {
    sum += size;
  }
  return sum;
}
