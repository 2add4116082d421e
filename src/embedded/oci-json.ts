import { isDigest } from './digest.ts';
import { UnreadableContent } from './file-tree.ts';

/** A platform as descriptors and the Engine API write it. */
export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

/**
 * A content descriptor. Its urls and data are left out: nothing here would follow the one, and the
 * other may hold megabytes in a list.
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

/** An image manifest, or an index with the descriptors of its manifests. */
export type Target =
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] }
  | {
      readonly kind: 'manifest';
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
      readonly artifactType: string | undefined;
    };

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The object that some bytes are the JSON of.
 * @throws UnreadableContent that says nothing of what the bytes are, as JSON.parse's own error would.
 */
export function toObject(bytes: Buffer): JsonObject {
  const value = asObject(toJson(bytes));
  if (value === undefined) {
    throw new UnreadableContent('it is not a JSON object');
  }
  return value;
}

/** @throws UnreadableContent */
export function toJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new UnreadableContent('it is not JSON');
  }
}

export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The texts of an array; null for no array, as Docker writes what is not set. */
export function asTexts(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

/** The entries whose values are texts; null when there are none, as Docker writes absent labels. */
export function asTextMap(value: unknown): Readonly<Record<string, string>> | null {
  const entries = Object.entries(asObject(value) ?? {});
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return texts.length === 0 ? null : Object.fromEntries(texts);
}

/** A descriptor, or undefined when it has no valid digest or size. */
export function toDescriptor(value: unknown): Descriptor | undefined {
  const found = asObject(value);
  const digest = found?.['digest'];
  const size = found?.['size'];
  if (found === undefined || !isDigest(digest) || !Number.isSafeInteger(size) || Number(size) < 0) {
    return undefined;
  }
  const annotations = asTextMap(found['annotations']);
  const platform = asObject(found['platform']);
  const artifactType = asText(found['artifactType']);
  return {
    mediaType: asText(found['mediaType']),
    digest,
    size: Number(size),
    ...(annotations === null ? {} : { annotations }),
    ...(platform === undefined ? {} : { platform: toPlatform(platform) }),
    ...(artifactType === '' ? {} : { artifactType }),
  };
}

/** The platform that a descriptor or a configuration states; it may be all empty. */
export function toPlatform(stated: JsonObject): Platform {
  const variant = asText(stated['variant']);
  const version = asText(stated['os.version']);
  const features = asTexts(stated['os.features']);
  return {
    architecture: asText(stated['architecture']),
    os: asText(stated['os']),
    ...(variant === '' ? {} : { variant }),
    ...(version === '' ? {} : { 'os.version': version }),
    ...(features === null ? {} : { 'os.features': features }),
  };
}

/** @throws UnreadableContent when it is neither a manifest nor an index. */
export function toTarget(bytes: Buffer): Target {
  const found = toObject(bytes);
  if (Array.isArray(found['manifests'])) {
    return { kind: 'index', manifests: toDescriptors(found['manifests']) };
  }
  const config = toDescriptor(found['config']);
  if (config === undefined || !Array.isArray(found['layers'])) {
    throw new UnreadableContent('it is neither a manifest nor an index');
  }
  const layers = toDescriptors(found['layers']);
  if (layers.length < found['layers'].length) {
    throw new UnreadableContent('it names a layer without a valid digest');
  }
  const artifactType = asText(found['artifactType']) || undefined;
  return { kind: 'manifest', config, layers, artifactType };
}

function toDescriptors(values: readonly unknown[]): Descriptor[] {
  return values.map(toDescriptor).filter((found) => found !== undefined);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
