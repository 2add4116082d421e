import type { ApiVersion } from './engine-facts.ts';
import type { Descriptor, KeyValue, ManifestKind, ManifestRow } from './image-row.ts';
import { asCount, asObject, asObjectOrNull, asStrings, asText, type Json } from './json-values.ts';
import { toPlatform } from './platform-mapping.ts';
import { isDigest } from './reference.ts';

/**
 * Manifests[] of a list or inspect answer (containerd store, API 1.47+); null when the property is absent,
 * which a graph driver means by "cannot say" and the containerd store by "none".
 */
export function toManifests(value: unknown, api: ApiVersion): ManifestRow[] | null {
  if (!Array.isArray(value)) return null;
  return value.map((item) => toManifest(asObject(item), api)).filter((row) => row !== null);
}

/** From here on each container names its manifest itself (ImageManifestDescriptor). */
const CONTAINERS_NAME_MANIFESTS: ApiVersion = 48;

function toManifest(json: Json, api: ApiVersion): ManifestRow | null {
  const descriptor = toDescriptor(json['Descriptor']);
  // ID in capitals here, unlike the summary's Id.
  const digest = asText(json['ID']) ?? descriptor?.digest ?? null;
  if (digest === null || !isDigest(digest)) return null;
  const size = asObject(json['Size']);
  const image = asObjectOrNull(json['ImageData']);
  const attests = asText(asObject(json['AttestationData'])['For']);
  return {
    digest,
    descriptor: descriptor ?? { ...NO_DESCRIPTOR, digest },
    available: json['Available'] === true,
    kind: toManifestKind(json['Kind']),
    contentSize: asCount(size['Content']) ?? 0,
    totalSize: asCount(size['Total']) ?? 0,
    unpackedSize: image === null ? null : asCount(asObject(image['Size'])['Unpacked']),
    platform: image === null ? null : toPlatform(image['Platform']),
    // null when no container uses it: a nil slice without omitempty. Engines fill it from what their
    // containers say of themselves from 1.48 on; left out there, a row does not age with every container.
    containerIds:
      image === null || api >= CONTAINERS_NAME_MANIFESTS ? NONE : asStrings(image['Containers']),
    attestsDigest: attests !== null && isDigest(attests) ? attests : null,
  };
}

const NONE: readonly string[] = [];
const NO_LABELS: readonly KeyValue[] = [];
const NO_DESCRIPTOR: Omit<Descriptor, 'digest'> = {
  mediaType: '',
  size: 0,
  platform: null,
  annotations: NO_LABELS,
  artifactType: null,
};

function toManifestKind(value: unknown): ManifestKind {
  if (value === 'image') return 'IMAGE';
  return value === 'attestation' ? 'ATTESTATION' : 'UNKNOWN';
}

/** An OCI descriptor; null when absent or without a valid digest. */
export function toDescriptor(value: unknown): Descriptor | null {
  const json = asObjectOrNull(value);
  const digest = json === null ? null : asText(json['digest']);
  if (json === null || digest === null || !isDigest(digest)) return null;
  return {
    mediaType: asText(json['mediaType']) ?? '',
    digest,
    size: asCount(json['size']) ?? 0,
    platform: toPlatform(json['platform']),
    annotations: toKeyValues(json['annotations']),
    artifactType: asText(json['artifactType']),
  };
}

/** Labels or annotations, sorted by key; keys like __proto__ are plain entries here. */
export function toKeyValues(value: unknown): readonly KeyValue[] {
  const json = asObjectOrNull(value);
  if (json === null) return NO_LABELS;
  const entries = Object.entries(json).filter(([, text]) => typeof text === 'string');
  if (entries.length === 0) return NO_LABELS;
  return entries
    .map(([key, text]) => ({ key, value: text as string }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
