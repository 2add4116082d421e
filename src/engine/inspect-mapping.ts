import type { ApiVersion } from './engine-facts.ts';
import type { ImageRow } from './image-row.ts';
import type { EnvironmentVariable, ImageConfig, ImageDetail } from './image-detail.ts';
import { toImageId, toImageRow, toReferences, toSeconds } from './image-mapping.ts';
import { asObject, asStrings, asStringsOrNull, asText, type Json } from './json-values.ts';
import { toDescriptor, toKeyValues, toManifests } from './manifest-mapping.ts';
import { toPlatform } from './platform-mapping.ts';
import { isDigest } from './reference.ts';

/** Go's zero time: no Created (API below 1.44), never tagged here (Metadata.LastTagTime). */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** GET /images/{name}/json of any API version, or null when it has no usable ID. */
export function toImageDetail(json: Json, api: ApiVersion): ImageDetail | null {
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
    lastTagged: secondsOf(toTime(asObject(json['Metadata'])['LastTagTime'])),
    platform: toPlatform({
      os: json['Os'],
      architecture: json['Architecture'],
      variant: json['Variant'],
      'os.version': json['OsVersion'],
    }),
    layers: toLayers(asObject(json['RootFS'])['Layers']),
    config: toImageConfig(asObject(json['Config'])),
    manifests: toManifests(json['Manifests'], api) ?? (descriptor === null ? null : []),
    descriptor,
  };
}

/**
 * The row that GET /images/json would give, from an inspect with manifests on the containerd store. Sizes
 * are those of the manifests together there; inspect's own Size is another thing. An image of which no
 * platform is here has neither operating system nor date.
 */
export function toRowOfInspect(json: Json, api: ApiVersion): ImageRow | null {
  const config = asObject(json['Config']);
  const manifests = toManifests(json['Manifests'], api) ?? [];
  const row = toImageRow(
    { ...json, ParentId: json['Parent'], Labels: config['Labels'], Created: 0 },
    api,
  );
  if (row === null) return null;
  const isHollow = asText(json['Os']) === null && asText(json['Architecture']) === null;
  const created = asText(json['Created']);
  return {
    ...row,
    // So lists say that it has no name either.
    digests: isHollow && row.tags.length + row.digests.length === 0 ? [row.id] : row.digests,
    // Lists say 0 for an image without a date.
    created: isHollow ? null : created === null ? 0 : secondsOf(created),
    size: manifests.reduce((sum, { totalSize }) => sum + totalSize, 0),
  };
}

/** Far more than any store can stack; what is no digest, or beyond, is left out. */
const MAX_LAYERS = 1_000;

function toLayers(value: unknown): readonly string[] {
  return asStrings(value).slice(0, MAX_LAYERS).filter(isDigest);
}

function toTime(value: unknown): string | null {
  const text = asText(value);
  return text === null || text === ZERO_TIME || Number.isNaN(Date.parse(text)) ? null : text;
}

/** Seconds since 1970 of a date that toTime let pass. */
function secondsOf(time: string | null): number | null {
  return time === null ? null : toSeconds(Math.floor(Date.parse(time) / 1000));
}

/** NAME=value; a name alone takes its value from whoever runs the image. */
function toVariable(text: string): EnvironmentVariable {
  const at = text.indexOf('=');
  return at < 0
    ? { name: text, value: '' }
    : { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** Config may be null (28.1–28.5 without a usable manifest), and unset properties absent (API 1.52+). */
function toImageConfig(json: Json): ImageConfig {
  return {
    environment: asStrings(json['Env']).map(toVariable),
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
