import type { ApiVersion } from './engine-facts.ts';
import type { Platform } from './image-row.ts';
import type { Call } from './modem.ts';

/** Until the head of the answer, in milliseconds. */
const IMAGE_MS = 3_000;

/** What stands behind the question mark of a path. */
export type Query = Readonly<Record<string, string>>;

/** A question about one image or container. */
export function imageCall<Result>(
  api: ApiVersion,
  signal: AbortSignal,
  read: Call<Result>['read'],
  query: Query = {},
): Call<Result> {
  return { api, headTimeoutMs: IMAGE_MS, signal, read, query };
}

/** A platform as inspect, history and attestations take it. */
export function platformQuery({ os, architecture, variant }: Platform): Query {
  const given = variant === null ? { os, architecture } : { os, architecture, variant };
  return { platform: JSON.stringify(given) };
}
