import { isDigest } from '../engine/reference.ts';
import { asArray, asObjectOrNull, asSize, asText, asTextMap, asTexts, type Json } from './json.ts';

/** A platform as descriptors and the Engine API write it. */
export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

/**
 * A content descriptor as the Engine API writes it. Its urls and data are left out: nothing here would
 * follow the one, and the other may hold megabytes in a list.
 */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes, as the one who refers to the content says. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  readonly artifactType?: string;
}

/** A descriptor, or null when it has no valid digest. */
export function toDescriptor(value: unknown): Descriptor | null {
  const json = asObjectOrNull(value);
  const digest = asText(json?.['digest']);
  if (json === null || !isDigest(digest)) return null;
  const annotations = asTextMap(json['annotations']);
  const platform = asObjectOrNull(json['platform']);
  const artifactType = asText(json['artifactType']);
  return {
    mediaType: asText(json['mediaType']),
    digest,
    size: asSize(json['size']),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(platform === null ? {} : { platform: toPlatform(platform) }),
    ...(artifactType === '' ? {} : { artifactType }),
  };
}

/** The valid descriptors of an array. */
export function toDescriptors(value: unknown): Descriptor[] {
  return asArray(value)
    .map(toDescriptor)
    .filter((found) => found !== null);
}

/** The platform that a descriptor or a configuration states; os and architecture may be empty. */
export function toPlatform(json: Json): Platform {
  const variant = asText(json['variant']);
  const version = asText(json['os.version']);
  const features = asTexts(json['os.features']);
  return {
    architecture: asText(json['architecture']),
    os: asText(json['os']),
    ...(variant === '' ? {} : { variant }),
    ...(version === '' ? {} : { 'os.version': version }),
    ...(features.length === 0 ? {} : { 'os.features': features }),
  };
}
