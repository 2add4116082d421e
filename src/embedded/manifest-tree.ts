import { isDigest } from '../engine/reference.ts';
import { blobPath, type Content, readJson } from './content.ts';
import { type Descriptor, type Platform, toDescriptor, toDescriptors } from './descriptor.ts';
import { toImageConfig } from './image-config.ts';
import { asText, type Json } from './json.ts';
import { type StoredManifest, sum } from './stored-image.ts';

/** Says why something of an image is missing from the answers; never quotes content. */
export type Report = (digest: string, reason: string) => void;

const MAX_INDEX_DEPTH = 4;
const NO_PLATFORM: Platform = { architecture: '', os: '' };

const IMAGE_CONFIGS: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

/** Every manifest that a descriptor leads to, in the order of its index, each once. */
export async function readManifests(
  content: Content,
  target: Descriptor,
  report: Report,
): Promise<StoredManifest[]> {
  const found: StoredManifest[] = [];
  // Without this an index of indexes that repeat each other would take for ever.
  const seen = new Set<string>();
  const walk = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (seen.has(descriptor.digest) || depth > MAX_INDEX_DEPTH) return;
    seen.add(descriptor.digest);
    const json = await readOrNull(content, descriptor, report);
    if (Array.isArray(json?.['manifests'])) {
      for (const child of toDescriptors(json['manifests'])) await walk(child, depth + 1);
    } else if (json !== null || !isIndex(descriptor)) {
      found.push(await toManifest(content, descriptor, json, report));
    }
  };
  await walk(target, 0);
  return found;
}

/** A blob that must be JSON; null when it is not here, or reported when it is unusable. */
async function readOrNull(
  content: Content,
  { digest }: Descriptor,
  report: Report,
): Promise<Json | null> {
  const path = blobPath(digest);
  if (!content.has(path)) return null;
  try {
    return await readJson(content, path, digest);
  } catch (error) {
    report(digest, error instanceof Error ? error.message : 'it cannot be read');
    return null;
  }
}

async function toManifest(
  content: Content,
  descriptor: Descriptor,
  json: Json | null,
  report: Report,
): Promise<StoredManifest> {
  const config = toDescriptor(json?.['config']);
  const layers = toDescriptors(json?.['layers']);
  const kind = toKind(descriptor, config, json);
  const parts = config === null ? [] : [descriptor, config, ...layers];
  const blobs = new Map(
    parts
      .filter(({ digest }) => content.has(blobPath(digest)))
      .map(({ digest, size }) => [digest, size]),
  );
  return {
    descriptor,
    kind,
    platform:
      descriptor.platform ??
      (kind === 'image' && config !== null && blobs.has(config.digest)
        ? await platformOf(content, config, report)
        : NO_PLATFORM),
    available: config !== null && parts.every(({ digest }) => blobs.has(digest)),
    blobs,
    contentSize: sum(blobs.values()),
    config,
    layers,
    attests: kind === 'attestation' ? attestedDigest(descriptor) : null,
  };
}

async function platformOf(content: Content, config: Descriptor, report: Report): Promise<Platform> {
  const json = await readOrNull(content, config, report);
  return json === null ? NO_PLATFORM : toImageConfig(json).platform;
}

function toKind(
  descriptor: Descriptor,
  config: Descriptor | null,
  json: Json | null,
): StoredManifest['kind'] {
  // BuildKit attaches attestations so (docs/attestations/attestation-storage.md).
  if (descriptor.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest') {
    return attestedDigest(descriptor) === null ? 'unknown' : 'attestation';
  }
  const { os, architecture } = descriptor.platform ?? NO_PLATFORM;
  const isArtifact = (descriptor.artifactType ?? asText(json?.['artifactType'])) !== '';
  const isImage = config === null || IMAGE_CONFIGS.has(config.mediaType);
  const isNowhere = os === 'unknown' && architecture === 'unknown';
  return isImage && !isArtifact && !isNowhere ? 'image' : 'unknown';
}

function attestedDigest({ annotations }: Descriptor): string | null {
  const digest = annotations?.['vnd.docker.reference.digest'] ?? '';
  return isDigest(digest) ? digest : null;
}

function isIndex({ mediaType }: Descriptor): boolean {
  return /\.image\.index\.|\.manifest\.list\./.test(mediaType);
}
