import { type Platform, toPlatform } from './descriptor.ts';
import { asArray, asObject, asText, asTexts, type Json } from './json.ts';

/** An image configuration (OCI image specification, config.md; Docker's is a superset of it). */
export interface ImageConfig {
  /** RFC 3339; empty when it is not set or no date. */
  readonly created: string;
  readonly author: string;
  readonly comment: string;
  readonly platform: Platform;
  /** The `config` object with Docker's own keys: Cmd, Env, Labels … */
  readonly settings: Json;
  /** Base first. */
  readonly diffIds: readonly string[];
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** One step of a build. */
export interface HistoryEntry {
  /** Seconds since 1970; 0 when unknown, as engines write it. */
  readonly created: number;
  readonly createdBy: string;
  readonly comment: string;
  /** The step changed nothing but the configuration. */
  readonly emptyLayer: boolean;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Reads a configuration; what is missing or of another type counts as not set. */
export function toImageConfig(json: Json): ImageConfig {
  const created = asText(json['created']);
  const history = asArray(json['history']).map((entry) => toHistoryEntry(asObject(entry)));
  return {
    created: toSeconds(created) === null ? '' : created,
    author: asText(json['author']),
    comment: asText(json['comment']) || (history.at(-1)?.comment ?? ''),
    platform: toPlatform(json),
    settings: asObject(json['config']),
    diffIds: asTexts(asObject(json['rootfs'])['diff_ids']),
    history,
  };
}

/** Seconds since 1970 of an RFC 3339 date, or null when it is none. */
export function toSeconds(date: string): number | null {
  const ms = RFC3339.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

function toHistoryEntry(entry: Json): HistoryEntry {
  return {
    created: toSeconds(asText(entry['created'])) ?? 0,
    createdBy: asText(entry['created_by']),
    comment: asText(entry['comment']),
    emptyLayer: entry['empty_layer'] === true,
  };
}
