import type { EngineEvent } from '../../engine/engine-event.ts';

/** How many events are remembered to be known again: more than an engine replays (Docker: 256). */
const MEMORY = 1_024;
/** How far before the last event a replay starts: an engine's clock may have been set back. */
const OVERLAP_NS = 2_000_000_000n;

/** What was heard of an engine, to tell in a second stream what is new in it. */
export interface Replay {
  /** From where on events shall be told again, in nanoseconds; null before the first. */
  since(): bigint | null;
  /** The last event that was heard: a stream that tells it again has everything after it. */
  lastKey(): string | null;
  /** Whether it was not heard before; remembers it. */
  isNew(event: EngineEvent): boolean;
  forget(): void;
}

/** Clocks are never compared: all times are the engine's own. */
export function createReplay(): Replay {
  let heard = new Set<string>();
  let last: { readonly key: string; readonly time: bigint } | null = null;
  return {
    since: () => (last === null ? null : last.time - OVERLAP_NS),
    lastKey: () => last?.key ?? null,
    isNew(event) {
      const key = keyOf(event);
      if (heard.has(key)) return false;
      heard.add(key);
      if (last === null || event.time >= last.time) last = { key, time: event.time };
      for (const oldest of heard) {
        if (heard.size <= MEMORY) break;
        heard.delete(oldest);
      }
      return true;
    },
    forget() {
      heard = new Set();
      last = null;
    },
  };
}

/** What tells one event from another: an engine gives them no names. */
export function keyOf(event: EngineEvent): string {
  const subject = event.type === 'IMAGE' ? event.imageId : event.containerId;
  const reference = event.type === 'IMAGE' ? event.reference : '';
  return [event.time, event.type, event.action, subject, reference].join(' ');
}
