import { randomBytes } from 'node:crypto';
import type { ImageAction } from '../engine/engine-event.ts';
import { createFollower, type Follower } from './image-event-follower.ts';

/** What happened to an image of an engine, once the index shows what became of it. */
export interface ImageEventRecord {
  /** The configured engine name. */
  readonly engine: string;
  /** RESYNCED says that events of this engine before it may be missing. */
  readonly action: ImageAction | 'RESYNCED';
  /** Nanoseconds since 1970, by the engine's clock; by ours for RESYNCED. */
  readonly time: bigint;
  readonly reference: string | null;
  readonly imageId: string | null;
}

/** A record at its place in the log. */
export interface LoggedEvent extends ImageEventRecord {
  /** Grows by one with each record, over all engines. */
  readonly position: number;
}

/** Which events a follower is told. */
export interface FollowQuestion {
  /** Where it stopped (positionOf its last cursor); null for what happens from now on. */
  readonly after: number | null;
  /** Configured engine names. */
  readonly engines: ReadonlySet<string>;
  /** What it wants to know; cheap, as it is asked for every event. RESYNCED is told unasked. */
  readonly matches: (event: LoggedEvent) => boolean;
  /** Who it is, for followersOf; null when that is not known. */
  readonly client?: string | null;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** The image events of all engines of one gateway: a bounded memory, and those who follow it. */
export interface ImageEventLog {
  /** Tells everyone who follows. Called by an index once it shows the change; never waits. */
  append(record: ImageEventRecord): void;
  /** What is remembered, oldest first. */
  recent(): readonly LoggedEvent[];
  /** Opaque place of an event, for positionOf. */
  cursorOf(event: LoggedEvent): string;
  /**
   * The place that a cursor names, BEFORE_ALL for one of an earlier run of the process; null for a text
   * that was never a cursor.
   */
  positionOf(cursor: string): number | null;
  /**
   * What is remembered after a position, then what happens. One RESYNCED for each engine comes first when
   * something after the position is forgotten, and in the place of all that a slow follower left waiting.
   */
  follow(question: FollowQuestion): AsyncIterableIterator<LoggedEvent>;
  /** How many follow now. */
  readonly followers: number;
  /** Events that followers lost because they were too slow for them, all together. */
  readonly dropped: number;
  /** How many of them are of one client. */
  followersOf(client: string): number;
  /** Ends all followers, those to come too. */
  close(): void;
}

/** How much a log remembers, and what its clock says in nanoseconds since 1970. */
export interface ImageEventLogOptions {
  readonly remembered?: number;
  readonly now?: () => bigint;
}

/** A position that nothing remembered follows on. */
export const BEFORE_ALL = -1;

/** About 1 MB of records. */
const REMEMBERED = 4_096;

/** Makes a log without events. */
export function createImageEventLog({
  remembered = REMEMBERED,
  now = () => BigInt(Date.now()) * 1_000_000n,
}: ImageEventLogOptions = {}): ImageEventLog {
  const cursors = createCursors();
  const followers = new Map<Follower, string | null>();
  let events: LoggedEvent[] = [];
  let newest = 0;
  let dropped = 0;
  let closed = false;
  const recent = () => events.slice(-remembered);
  const resynced = (engine: string, position: number): LoggedEvent => ({
    engine,
    action: 'RESYNCED',
    time: now(),
    reference: null,
    imageId: null,
    position,
  });

  return {
    append(record) {
      const event = { ...record, position: ++newest };
      events.push(event);
      // One copy for each time that all is forgotten once, instead of a shift for each event.
      if (events.length >= 2 * remembered) events = recent();
      for (const follower of followers.keys()) follower.push(event);
    },
    recent,
    cursorOf: ({ position }) => cursors.encode(position),
    positionOf(cursor) {
      const position = cursors.decode(cursor);
      return position !== null && position <= newest ? position : null;
    },
    follow(question) {
      const replay = question.after === null ? [] : recent();
      const oldest = replay[0]?.position ?? newest + 1;
      const moment = { replay, oldest, newest, resynced };
      const follower = createFollower(question, moment, {
        onDropped: (count) => void (dropped += count),
        onEnd: () => void followers.delete(follower),
      });
      followers.set(follower, question.client ?? null);
      if (closed || question.signal.aborted) follower.end();
      return follower;
    },
    get followers() {
      return followers.size;
    },
    get dropped() {
      return dropped;
    },
    followersOf: (client) => [...followers.values()].filter((one) => one === client).length,
    close() {
      closed = true;
      for (const follower of followers.keys()) follower.end();
    },
  };
}

/** Positions begin anew with each run of the process, so that a cursor also names the run. */
function createCursors() {
  const run = randomBytes(9).toString('base64url');
  return {
    encode: (position: number) => Buffer.from(`${run}:${position}`).toString('base64url'),
    decode(cursor: string): number | null {
      const text = cursor.length > 64 ? '' : Buffer.from(cursor, 'base64url').toString('latin1');
      const [, ofRun, position] = /^([\w-]{12}):(-1|\d{1,15})$/.exec(text) ?? [];
      if (ofRun === undefined) return null;
      return ofRun === run ? Number(position) : BEFORE_ALL;
    },
  };
}
