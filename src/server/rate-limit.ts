import { LRUCache } from 'lru-cache';

/** How long requests may be saved up for, in seconds. */
const BURST_SECONDS = 2;
/** Clients that are remembered: who is forgotten was not heard of for the longest, and begins anew. */
const MAX_CLIENTS = 10_000;

/** What a client may still send, at a time in milliseconds. */
interface Allowance {
  readonly requests: number;
  readonly at: number;
}

/**
 * Counts a request of a client.
 * @returns null when it may be answered, else after how many whole seconds the next one may
 */
export type RateLimit = (client: string) => number | null;

/**
 * So many requests a second for each client, twice as many at once (a token bucket).
 * @param perSecond 0 for as many as anyone likes
 * @param now a clock in milliseconds that never goes back
 */
export function createRateLimit(perSecond: number, now = () => performance.now()): RateLimit {
  if (perSecond === 0) return () => null;
  const most = perSecond * BURST_SECONDS;
  const clients = new LRUCache<string, Allowance>({ max: MAX_CLIENTS });
  return (client) => {
    const at = now();
    const before = clients.get(client) ?? { requests: most, at };
    const saved = Math.min(most, before.requests + ((at - before.at) / 1_000) * perSecond);
    const isAllowed = saved >= 1;
    clients.set(client, { requests: isAllowed ? saved - 1 : saved, at });
    return isAllowed ? null : Math.ceil((1 - saved) / perSecond);
  };
}
