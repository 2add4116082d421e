import type { ImageConfig, ImageDetail } from './engine.ts';
import { toImageId, toReferences } from './image-mapping.ts';
import { asObject, asStrings, asStringsOrNull, asText, type Json } from './json-values.ts';
import { toDescriptor, toKeyValues, toManifests, toPlatform } from './manifest-mapping.ts';

/** Go's zero time: no Created (API below 1.44), never tagged here (Metadata.LastTagTime). */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** GET /images/{name}/json of any API version, or null when it has no usable ID. */
export function toImageDetail(json: Json): ImageDetail | null {
  const id = toImageId(json['Id']);
  if (id === null) return null;
  const descriptor = toDescriptor(json['Descriptor']);
  return {
    id,
    ...toReferences(json, id),
    // Parent, Comment and Author are left out when empty from API 1.52 on.
    parentId: toImageId(json['Parent']),
    created: toTime(json['Created']),
    author: asText(json['Author']),
    comment: asText(json['Comment']),
    lastTagged: toTime(asObject(json['Metadata'])['LastTagTime']),
    platform: toPlatform({
      os: json['Os'],
      architecture: json['Architecture'],
      variant: json['Variant'],
      'os.version': json['OsVersion'],
    }),
    layers: asStrings(asObject(json['RootFS'])['Layers']),
    config: toImageConfig(asObject(json['Config'])),
    manifests: toManifests(json['Manifests']) ?? (descriptor === null ? null : []),
    descriptor,
  };
}

function toTime(value: unknown): string | null {
  const text = asText(value);
  return text === null || text === ZERO_TIME || Number.isNaN(Date.parse(text)) ? null : text;
}

/** Config may be null (28.1–28.5 without a usable manifest), and unset properties absent (API 1.52+). */
function toImageConfig(json: Json): ImageConfig {
  return {
    environment: asStrings(json['Env']),
    entrypoint: asStringsOrNull(json['Entrypoint']),
    command: asStringsOrNull(json['Cmd']),
    workingDirectory: asText(json['WorkingDir']),
    user: asText(json['User']),
    exposedPorts: Object.keys(asObject(json['ExposedPorts'])).sort(),
    volumes: Object.keys(asObject(json['Volumes'])).sort(),
    labels: toKeyValues(json['Labels']),
    stopSignal: asText(json['StopSignal']),
    onBuild: asStrings(json['OnBuild']),
    shell: asStringsOrNull(json['Shell']),
  };
}
