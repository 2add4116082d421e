import type { ApiVersion } from './engine-facts.ts';
import type { ImageRow, ManifestRow } from './image-row.ts';
import { asCount, asObject, asStrings, asText, type Json } from './json-values.ts';
import { toKeyValues, toDescriptor, toManifests } from './manifest-mapping.ts';
import { familiarName, isDigest, parseEngineDigest, parseEngineTag } from './reference.ts';
import { compareAge } from './row-order.ts';

/** Go's zero time in seconds: engines up to 24 print it for an image without a date (engine ≥25: 0). */
const ZERO_TIME_SECONDS = -62_135_596_800;
/** The farthest second that a JavaScript date can hold. */
const MAX_DATE_SECONDS = 8_640_000_000_000;

/**
 * One element of GET /images/json, or null when it has no usable ID.
 * @param api the version that it was asked with
 */
export function toImageRow(json: Json, api: ApiVersion): ImageRow | null {
  const id = toImageId(json['Id']);
  if (id === null) return null;
  const descriptor = toDescriptor(json['Descriptor']);
  // So the containerd store prints an index of which no platform is here (27.3+): its date, 0, is none.
  const isHollow = asStrings(json['RepoDigests']).includes(id);
  return {
    id,
    parentId: toImageId(json['ParentId']),
    ...toReferences(json, id),
    created: isHollow ? null : toSeconds(json['Created']),
    size: asCount(json['Size']) ?? 0,
    labels: toKeyValues(json['Labels']),
    // The containerd store leaves out an empty list; where it gives no descriptor it cannot say.
    manifests:
      withoutNamesOf(id, toManifests(json['Manifests'], api)) ?? (descriptor === null ? null : []),
    descriptor: descriptor === null ? null : { ...descriptor, annotations: [] },
  };
}

/**
 * The containerd store keeps a descriptor for each name of an image, and annotates it with what made that
 * name (loaded, built, pulled); a list and an inspect print any one of them (seen on 28.5). So the
 * annotations of an image's own descriptor tell of one of its names and not of the image.
 */
function withoutNamesOf(id: string, manifests: ManifestRow[] | null): ManifestRow[] | null {
  if (manifests === null) return null;
  return manifests.map((row) =>
    row.digest === id ? { ...row, descriptor: { ...row.descriptor, annotations: [] } } : row,
  );
}

/** An image ID with its algorithm. Podman prints ParentId and event IDs without; "" is no ID. */
export function toImageId(value: unknown): string | null {
  const text = asText(value);
  if (text === null) return null;
  const id = /^[a-f0-9]{64}$/.test(text) ? `sha256:${text}` : text;
  return isDigest(id) ? id : null;
}

/**
 * RepoTags and RepoDigests without `<none>` (engines up to 23, API below 1.43) and null.
 * The containerd store prints one RepoDigest in lists although each repository has one, and a name that
 * was pulled by digest, with or without a tag, among the tags (28+). There the ID is the digest of the target, so name@ID is what
 * inspect would say for each repository. Descriptor tells that store from API 1.48 on; below, that the
 * image ID is among the digests, which it never is in other stores.
 */
export function toReferences(json: Json, id: string): { tags: string[]; digests: string[] } {
  const tags: string[] = [];
  const digests = new Map<string, string>();
  for (const text of asStrings(json['RepoDigests'])) addDigest(digests, text);
  const isTarget =
    'Descriptor' in json || [...digests.values()].some((text) => `@${text}`.endsWith(`@${id}`));
  for (const text of asStrings(json['RepoTags'])) {
    if (text.startsWith('<none>')) continue;
    const name = parseEngineTag(text);
    const familiar = name === null ? '' : familiarName(name.domain, name.path);
    if (name === null || (name.tag !== null && name.digest === null)) tags.push(text);
    else if (name.digest !== null) {
      // The tag of name:tag@digest is what it was pulled by, and may name another image by now.
      addDigest(digests, name.tag === null ? text : `${familiar}@${name.digest}`);
    }
    if (name !== null && isTarget) addDigest(digests, `${familiar}@${id}`);
  }
  // A bare digest stands for "no repository"; lists of 28 print it also where none of the platforms is
  // here, although the image has names.
  if (digests.size > 1) digests.delete(id);
  return { tags: [...new Set(tags)].sort(), digests: [...digests.values()].sort() };
}

/** Keeps the first spelling of each name@digest, so that canonical and familiar ones are not both listed. */
function addDigest(digests: Map<string, string>, text: string): void {
  if (text.startsWith('<none>')) return;
  const parsed = parseEngineDigest(text);
  const key = parsed === null ? text : `${parsed.domain}/${parsed.path}@${parsed.digest}`;
  if (!digests.has(key)) digests.set(key, text);
}

/** Created in seconds. 0 and dates like 1980 are legitimate: reproducible builds set them. */
export function toSeconds(value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isInteger(value)) return null;
  if (value === ZERO_TIME_SECONDS || Math.abs(value) > MAX_DATE_SECONDS) return null;
  return value;
}

/**
 * One row per image, newest first, then by ID. The containerd store of engines 24 and 25 lists an image
 * once for each name or platform; lists come in random order among images of the same second, and Podman
 * does not sort at all.
 */
export function mergeRows(rows: readonly ImageRow[]): ImageRow[] {
  const byId = new Map<string, [ImageRow, ...ImageRow[]]>();
  for (const row of rows) {
    const known = byId.get(row.id);
    if (known === undefined) byId.set(row.id, [row]);
    else known.push(row);
  }
  return [...byId.values()].map((same) => merge(same)).sort(compareAge);
}

/** All at once: one by one, a list of one ID would take time with the square of its length. */
function merge(rows: readonly [ImageRow, ...ImageRow[]]): ImageRow {
  const [first] = rows;
  if (rows.length === 1) return first;
  const union = (texts: (row: ImageRow) => readonly string[]) =>
    [...new Set(rows.flatMap(texts))].sort();
  const known = <Value>(value: (row: ImageRow) => Value | null): Value | null =>
    rows.map(value).find((one) => one !== null) ?? null;
  return {
    ...first,
    parentId: known((row) => row.parentId),
    tags: union((row) => row.tags),
    digests: union((row) => row.digests),
    created: known((row) => row.created),
    size: rows.reduce((most, { size }) => Math.max(most, size), 0),
    labels: rows.find(({ labels }) => labels.length > 0)?.labels ?? first.labels,
    manifests: known((row) => row.manifests),
    descriptor: known((row) => row.descriptor),
  };
}

/** SharedSize of one element of GET /images/json?shared-size=1 or of /system/df. */
export function toSharedSize(json: Json): { id: string; sharedSize: number | null } | null {
  const id = toImageId(json['Id']);
  return id === null ? null : { id, sharedSize: asCount(json['SharedSize']) };
}

/** The images of GET /system/df in the shape of API versions below 1.52. */
export function toSharedSizes(df: Json): Map<string, number | null> {
  const items = Array.isArray(df['Images']) ? df['Images'] : [];
  const sizes = items.map((item) => toSharedSize(asObject(item))).filter((item) => item !== null);
  return new Map(sizes.map(({ id, sharedSize }) => [id, sharedSize]));
}
