import type { BodyReader } from './read-body.ts';

/**
 * How a call stands to the others. queued: it takes one of 8 places, or waits for one. direct: it is sent at once, as
 * are pings and greetings, by which an engine is known to live; lists, which may take minutes, and of which
 * there are two at a time at most; questions for registries, of which each has places of its own. endless: its body has
 * no end and may be silent for as long as it likes, over a connection of its own.
 */
export type Lane = 'queued' | 'direct' | 'endless';

/** One request to an engine, and how its answer is read. It changes nothing, so that it may be made twice. */
export interface EngineRequest<Result> {
  readonly method: 'GET' | 'HEAD';
  /** Path with version prefix and query; the caller has checked it against the allow-list. */
  readonly path: string;
  /** What the path leads to, without names (EngineCall). */
  readonly endpoint: string;
  /** Until the head has arrived, the waiting for a place included, in milliseconds; null waits until the signal says otherwise. */
  readonly headTimeoutMs: number | null;
  readonly lane: Lane;
  readonly signal: AbortSignal;
  readonly read: BodyReader<Result>;
  /** Besides Host. */
  readonly headers?: Readonly<Record<string, string>>;
}
