import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../engine/engine-error.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineEvent } from '../../engine/engine-event.ts';
import type { EngineFacts } from '../../engine/engine-facts.ts';
import { createReplay, keyOf, type Replay } from './replay.ts';

/** What a follower tells. Each is called synchronously, in the order in which things happened. */
export interface EventFollowerOptions {
  readonly engine: Engine;
  /** An engine answers that is not the one before: nothing that was known holds. */
  readonly onEngine: (facts: EngineFacts) => void;
  /** Told of every greeting: the same engine may be of another release. */
  readonly onGreeted: (facts: EngineFacts) => void;
  /** Events are not coming: whatever happens now is unknown. */
  readonly onCut: () => void;
  /** Events come again. Whether some were missed decides what must be read. */
  readonly onResumed: (gap: boolean) => void;
  readonly onEvent: (event: EngineEvent) => void;
  /** The engine, or a proxy before it, gives no events; it is asked again later. */
  readonly onRefused: () => void;
}

/** A stream of one engine's events that mends itself. */
export interface EventFollower {
  /** Gives the stream up and opens another: after a silence that may have swallowed events. */
  restart(): void;
  close(): void;
}

/** Pauses between two streams, in milliseconds: doubled from the first on while none holds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** How soon an engine that refuses its events is asked again, in milliseconds. */
const REFUSED_PAUSE_MS = 15_000;
/** A stream that ends so soon, so often in a row, follows nothing: each would only mean another list. */
const SHORT_STREAM_MS = 2_000;
const MOST_SHORT_STREAMS = 8;
/** One that answers otherwise, but not this, refuses too. */
const REFUSALS: ReadonlySet<string> = new Set([
  'ENGINE_FORBIDDEN',
  'NOT_FOUND',
  'ENGINE_ERROR',
  'ENGINE_TIMEOUT',
  'ENGINE_BAD_RESPONSE',
]);

/** Follows an engine through restarts, cut streams and another engine at the same address. */
export function followEvents(options: EventFollowerOptions): EventFollower {
  const closing = new AbortController();
  let stream = new AbortController();
  const replay = createReplay();

  async function run(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    let known = '';
    let shortStreams = 0;
    while (!closing.signal.aborted) {
      const facts = await options.engine.greetAgain();
      if (facts !== null) {
        const identity = [facts.engineId, facts.kind, facts.store, facts.api].join();
        if (identity !== known) {
          replay.forget();
          options.onEngine(facts);
        }
        known = identity;
        options.onGreeted(facts);
        const openedAt = performance.now();
        let refused = await watch(facts);
        const isShort = performance.now() - openedAt < SHORT_STREAM_MS;
        shortStreams = isShort ? shortStreams + 1 : 0;
        if (!isShort) pause = FIRST_PAUSE_MS;
        if (shortStreams >= MOST_SHORT_STREAMS && !refused && !closing.signal.aborted) {
          refused = true;
          options.onRefused();
        }
        if (refused) {
          pause = REFUSED_PAUSE_MS;
          // Nobody follows until then: the next stream is a new start.
          replay.forget();
        }
      }
      // Many gateways shall not come back to a restarted engine at the same moment.
      await sleep(pause * (0.5 + Math.random() / 2), undefined, {
        signal: closing.signal,
        ref: false,
      }).catch(() => {});
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Follows one stream to its end. @returns whether it was refused */
  async function watch(facts: EngineFacts): Promise<boolean> {
    stream = new AbortController();
    const session = createSession(replay, facts, options);
    // Not AbortSignal.any, which would leave something behind in the signal that lives longer.
    if (closing.signal.aborted) stream.abort(closing.signal.reason);
    try {
      const { since, onOpen, onEvent } = session;
      return await options.engine.watchEvents({ since, onOpen, onEvent }, stream.signal);
    } catch (error) {
      if (closing.signal.aborted) return false;
      if (error instanceof EngineError && !session.opened() && REFUSALS.has(error.code)) {
        options.onRefused();
        return true;
      }
      options.onCut();
      return false;
    } finally {
      session.end();
    }
  }

  void run();
  return {
    restart: () => stream.abort(new Error('another stream is wanted')),
    close() {
      closing.abort(new Error('the index is closed'));
      stream.abort(closing.signal.reason);
    },
  };
}

/** How long after a stream is open the last known event may be waited for, in milliseconds. */
const REPLAY_MS = 500;
/** How long after that event the missed ones may take: engines tell them at once, in one go. */
const MISSED_MS = 20;

/** One stream: tells whether it continues the one before, and leaves out what was told already. */
function createSession(replay: Replay, { kind }: EngineFacts, options: EventFollowerOptions) {
  // Podman replays its whole journal, so nothing is asked of it again and every stream is a new start.
  const since = kind === 'PODMAN' ? null : replay.since();
  const lastHeard = replay.lastKey();
  let timer: NodeJS.Timeout | undefined;
  let isOpen = false;
  let isContinued = false;
  let decided = false;

  function decide(gap: boolean): void {
    if (decided) return;
    decided = true;
    clearTimeout(timer);
    options.onResumed(gap);
  }

  /** Nothing is missing; but what was missed is still to come, and nobody shall be answered before it. */
  function continueFrom(): void {
    isContinued = true;
    clearTimeout(timer);
    if (!decided) timer = setTimeout(() => decide(false), MISSED_MS);
  }

  return {
    since,
    opened: () => isOpen,
    onOpen(): void {
      isOpen = true;
      if (since === null) decide(true);
      else timer = setTimeout(() => decide(true), REPLAY_MS);
    },
    onEvent(event: EngineEvent): void {
      if (keyOf(event) === lastHeard) continueFrom();
      const isNew = replay.isNew(event);
      // A replay is in order: what comes after the last known event, without it, leaves a gap before.
      if (isNew && !isContinued) decide(true);
      if (isNew) options.onEvent(event);
    },
    end: (): void => clearTimeout(timer),
  };
}
