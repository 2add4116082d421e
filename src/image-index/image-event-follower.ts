import type { FollowQuestion, LoggedEvent } from './image-event-log.ts';

/** The most events that wait for a follower. */
export const MAX_WAITING = 256;

/** One who follows a log, as the log sees it. */
export interface Follower extends AsyncIterableIterator<LoggedEvent> {
  /** Takes an event if it is one that was asked for; never waits. */
  push(event: LoggedEvent): void;
  /** Nothing more comes, not even what waits. */
  end(): void;
}

/** The log at the moment when someone begins to follow it. */
export interface LogMoment {
  /** What is remembered, oldest first; empty when nothing is to be told again. */
  readonly replay: readonly LoggedEvent[];
  /** Positions of the first that is remembered and of the last that happened. */
  readonly oldest: number;
  readonly newest: number;
  readonly resynced: (engine: string, position: number) => LoggedEvent;
}

/** Told what becomes of a follower. */
export interface FollowerFate {
  /** So many events were lost because it was too slow for them. */
  readonly onDropped: (count: number) => void;
  readonly onEnd: () => void;
}

type Result = IteratorResult<LoggedEvent, undefined>;
const DONE: Result = { value: undefined, done: true };

/**
 * What waits for one follower, apart from all others: a slow one loses its own events only and is told so.
 * Written out, because return() of an async generator waits for the event that it was going to yield.
 */
export function createFollower(
  question: FollowQuestion,
  log: LogMoment,
  { onDropped, onEnd }: FollowerFate,
): Follower {
  const waiting = createWaiting(question, log, onDropped);
  /** Calls of next() that nothing could be given for yet. */
  const readers: ((result: Result) => void)[] = [];
  let ended = false;

  function end(): void {
    if (ended) return;
    ended = true;
    question.signal.removeEventListener('abort', end);
    for (const read of readers.splice(0)) read(DONE);
    onEnd();
  }

  const follower: Follower = {
    push(event) {
      if (!isAsked(question, event)) return;
      const read = readers.shift();
      if (read === undefined) waiting.add(event);
      else read({ value: waiting.pass(event), done: false });
    },
    next() {
      if (ended) return Promise.resolve(DONE);
      const value = waiting.take();
      if (value !== null) return Promise.resolve({ value, done: false });
      return new Promise((resolve) => readers.push(resolve));
    },
    return() {
      end();
      return Promise.resolve(DONE);
    },
    throw(error) {
      end();
      return Promise.reject(error);
    },
    end,
    [Symbol.asyncIterator]: () => follower,
  };
  question.signal.addEventListener('abort', end, { once: true });
  return follower;
}

function isAsked({ engines, matches }: FollowQuestion, event: LoggedEvent): boolean {
  return engines.has(event.engine) && (event.action === 'RESYNCED' || matches(event));
}

/** A gap to be told of, engine by engine; the position is where the events after it begin. */
interface Gap {
  readonly engines: string[];
  readonly position: number;
}

function createWaiting(
  question: FollowQuestion,
  { replay, oldest, newest, resynced }: LogMoment,
  onDropped: (count: number) => void,
) {
  const after = question.after ?? newest;
  const gapAt = (position: number): Gap => ({ engines: [...question.engines], position });
  let told = after;
  let gap = after < oldest - 1 ? gapAt(oldest - 1) : null;
  let repeated = replay.filter((event) => event.position > after && isAsked(question, event));
  let live: LoggedEvent[] = [];

  function takeGap({ engines, position }: Gap): LoggedEvent | null {
    const engine = engines.shift();
    if (engines.length === 0) gap = null;
    if (engine === undefined) return null;
    // Who goes on from a RESYNCED that is not the last one must meet the gap again.
    if (gap === null) told = position;
    return resynced(engine, told);
  }

  return {
    /** Notes an event that was given away at once. */
    pass(event: LoggedEvent): LoggedEvent {
      told = event.position;
      return event;
    },
    add(event: LoggedEvent): void {
      if (live.length < MAX_WAITING) {
        live.push(event);
        return;
      }
      gap = gapAt(event.position);
      onDropped(repeated.length + live.length + 1);
      repeated = [];
      live = [];
    },
    take(): LoggedEvent | null {
      const missed = gap === null ? null : takeGap(gap);
      if (missed !== null) return missed;
      const event = repeated.shift() ?? live.shift() ?? null;
      if (event !== null) told = event.position;
      return event;
    },
  };
}
