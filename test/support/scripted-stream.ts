import { EngineError, type EngineErrorCode } from '../../src/engine/engine-error.ts';
import type { EngineEvent, EventWatch } from '../../src/engine/engine-event.ts';

/** An event that has no time yet. */
export type Announcement = EngineEvent extends infer Event
  ? Event extends EngineEvent
    ? Omit<Event, 'time'>
    : never
  : never;

/** The events of a scripted engine: one stream at a time, and what it remembers to tell again. */
export interface ScriptedStream {
  announce(event: Announcement): EngineEvent;
  readonly isOpen: boolean;
  /** Breaks the stream. @param keepDown until `mend` no other comes about */
  cut(keepDown?: boolean): void;
  mend(): void;
  /** From now on a stream that is asked for is refused; null ends that. */
  refuse(code: EngineErrorCode | null): void;
  /** What was announced so far is not told again. */
  forget(): void;
  watch(watch: EventWatch, signal: AbortSignal): Promise<never>;
}

/** 2026-11-24T12:00:00Z, in nanoseconds since 1970. */
const NOON = 1_795_521_600_000_000_000n;
/** An engine's clock goes on by this from one event to the next. */
const STEP = 500_000_000n;

/** @param remembered how many events are told again at most (Docker: 256) */
export function createScriptedStream(engine: string, remembered: number): ScriptedStream {
  let ring: EngineEvent[] = [];
  let time = NOON;
  let open: { readonly watch: EventWatch; end(error: unknown): void } | null = null;
  let refusal: EngineErrorCode | null = null;

  return {
    announce(announcement) {
      const event: EngineEvent = { ...announcement, time: (time += STEP) };
      ring = [...ring, event].slice(-remembered);
      open?.watch.onEvent(event);
      return event;
    },
    get isOpen() {
      return open !== null;
    },
    cut(keepDown = false) {
      if (keepDown) refusal = 'ENGINE_UNAVAILABLE';
      open?.end(new EngineError('ENGINE_UNAVAILABLE', engine, 'cut'));
    },
    mend: () => void (refusal = null),
    refuse: (code) => void (refusal = code),
    forget: () => void (ring = []),
    async watch(watch, signal) {
      if (signal.aborted) throw signal.reason;
      if (refusal !== null) throw new EngineError(refusal, engine, 'refused');
      return new Promise<never>((_, reject) => {
        const aborted = (): void => mine.end(signal.reason);
        const mine = {
          watch,
          end(error: unknown) {
            open = null;
            signal.removeEventListener('abort', aborted);
            reject(error);
          },
        };
        signal.addEventListener('abort', aborted);
        open = mine;
        watch.onOpen();
        const { since } = watch;
        if (since === null) return;
        for (const event of ring) if (event.time >= since) watch.onEvent(event);
      });
    },
  };
}
