import type { JsonObject, Platform } from './oci-json.ts';
import { asArray, asObject, asText, asTextMap, asTexts, toObject, toPlatform } from './oci-json.ts';

/** An image configuration (OCI image specification, config.md; the Docker one is a superset). */
export interface ImageConfig {
  /** RFC 3339; undefined when it is not set or no date. */
  readonly created: string | undefined;
  readonly author: string;
  readonly comment: string;
  readonly dockerVersion: string;
  readonly platform: Platform;
  readonly labels: Readonly<Record<string, string>> | null;
  /** The `config` object with Docker's own keys: Cmd, Env, … */
  readonly settings: JsonObject;
  readonly diffIds: readonly string[];
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

export interface HistoryEntry {
  /** Seconds since 1970; 0 when unknown, as engines write it. */
  readonly created: number;
  readonly createdBy: string;
  readonly comment: string;
  /** The step changed nothing but the configuration. */
  readonly emptyLayer: boolean;
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** @throws UnreadableContent */
export function toImageConfig(bytes: Buffer): ImageConfig {
  const found = toObject(bytes);
  const settings = asObject(found['config']) ?? {};
  const created = asText(found['created']);
  const history = asArray(found['history']).map((entry) => toHistoryEntry(asObject(entry) ?? {}));
  return {
    created: toSeconds(created) === undefined ? undefined : created,
    author: asText(found['author']),
    comment: asText(found['comment']) || (history.at(-1)?.comment ?? ''),
    dockerVersion: asText(found['docker_version']),
    platform: toPlatform(found),
    labels: asTextMap(settings['Labels']),
    settings,
    diffIds: asTexts(asObject(found['rootfs'])?.['diff_ids']) ?? [],
    history,
  };
}

/** Seconds since 1970 of an RFC 3339 date, or undefined when it is none. */
export function toSeconds(date: string | undefined): number | undefined {
  const ms = date !== undefined && RFC3339.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

function toHistoryEntry(entry: JsonObject): HistoryEntry {
  return {
    created: toSeconds(asText(entry['created'])) ?? 0,
    createdBy: asText(entry['created_by']),
    comment: asText(entry['comment']),
    emptyLayer: entry['empty_layer'] === true,
  };
}
