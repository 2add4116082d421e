import { setMaxListeners } from 'node:events';
import { EngineError } from './engine-error.ts';
import type { EngineRequest } from './engine-request.ts';

/** How long an engine may pause in the middle of a body, in milliseconds. */
const BODY_PAUSE_MS = 5_000;

/** What is counted of one call: waiting for a place, further tries and all. */
export interface CallClock {
  /** Aborted when time is up, or when whoever asked has left. */
  readonly signal: AbortSignal;
  /** A request is sent. */
  headAwaited(): void;
  /** From now on the pauses between two chunks of the body count. */
  headArrived(): void;
  progress(): void;
  stop(): void;
}

/** Starts at once. */
export function startCallClock(engine: string, call: EngineRequest<unknown>): CallClock {
  const { headTimeoutMs, signal, path } = call;
  const controller = new AbortController();
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const leave = (): void => controller.abort(signal.reason);
  // An index or an operation may have any number of calls under way.
  setMaxListeners(0, signal);
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });

  function allow(ms: number, what: string): void {
    clearTimeout(timer);
    const expire = (): void =>
      controller.abort(new EngineError('ENGINE_TIMEOUT', engine, `${what}: ${path}`));
    timer = setTimeout(expire, ms);
  }

  function headAwaited(): void {
    clearTimeout(timer);
    if (headTimeoutMs === null) return;
    allow(startedAt + headTimeoutMs - performance.now(), 'no answer in time');
  }

  headAwaited();
  return {
    signal: controller.signal,
    headAwaited,
    headArrived() {
      clearTimeout(timer);
      if (call.lane !== 'endless') allow(BODY_PAUSE_MS, 'the body stalls');
    },
    progress: () => void timer?.refresh(),
    stop() {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
    },
  };
}
