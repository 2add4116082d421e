import type { EventQuery } from './event-query.ts';
import type { ImageChange } from './image-changes.ts';

/** How many events are told again to the one who asks for past ones; Docker keeps as many. */
const KEPT_EVENTS = 256;
const NANOSECONDS = 1_000_000_000n;

/** One event as GET /events writes it. */
export interface LoggedEvent {
  readonly action: string;
  /** Nanoseconds since 1970; no two events have the same. */
  readonly time: bigint;
  /** JSON with a line end. */
  readonly line: string;
}

type Listener = (events: readonly LoggedEvent[]) => void;

/** The events of one engine: the last ones, and those who wait for the next. */
export interface EventLog {
  /** Tells changes that were found now. */
  record(changes: readonly ImageChange[]): void;
  /** The kept events that a question is about; none unless it says from or until when. */
  replay(query: EventQuery): readonly LoggedEvent[];
  /** Tells all further events, until the returned function is called. */
  listen(listener: Listener): () => void;
}

/** @param whileHeard starts when the first listener comes what its result ends after the last has gone */
export function createEventLog(whileHeard: () => () => void): EventLog {
  const listeners = new Set<Listener>();
  let kept: readonly LoggedEvent[] = [];
  let last = 0n;
  let stop = (): void => {};
  return {
    record(changes) {
      if (changes.length === 0) return;
      const events = changes.map((change) => {
        const now = BigInt(Date.now()) * 1_000_000n;
        // Who asks again since an event gets what came after it, even if the clock was set back.
        last = now > last ? now : last + 1n;
        return toEvent(change, last);
      });
      kept = [...kept, ...events].slice(-KEPT_EVENTS);
      for (const listener of listeners) listener(events);
    },
    replay({ since, until }) {
      if (since === null && until === null) return [];
      return kept.filter(
        ({ time }) => (since === null || time >= since) && (until === null || time <= until),
      );
    },
    listen(listener) {
      listeners.add(listener);
      if (listeners.size === 1) stop = whileHeard();
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) stop();
      };
    },
  };
}

/** As the Engine API 1.51 writes it, the properties of older versions (status, id) included. */
function toEvent({ action, actor, name }: ImageChange, time: bigint): LoggedEvent {
  const json = JSON.stringify({
    status: action,
    id: actor,
    Type: 'image',
    Action: action,
    Actor: { ID: actor, Attributes: { name } },
    scope: 'local',
    time: Number(time / NANOSECONDS),
  });
  // More digits than a JavaScript number keeps.
  return { action, time, line: `${json.slice(0, -1)},"timeNano":${time}}\n` };
}
