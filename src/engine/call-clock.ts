import { onAbort } from '../on-abort.ts';
import { EngineError } from './engine-error.ts';
import type { EngineRequest } from './engine-request.ts';

/**
 * How much of a body must come within so many milliseconds, until it ends. Engines know all of an answer before they
 * begin it: one that trickles is no slow engine, and would take as long as it likes.
 */
const PROGRESS = { bytes: 16 * 1024, ms: 5_000 };

/** What is counted of one call: waiting for a place, further tries and all. */
export interface CallClock {
  /** Aborted when time is up, or when whoever asked has left. */
  readonly signal: AbortSignal;
  /** A request is sent. */
  headAwaited(): void;
  /** From now on the progress of the body counts, unless it is one that goes on for ever. */
  headArrived(isEndless: boolean): void;
  /** So many bytes have come. */
  progress(bytes: number): void;
  stop(): void;
}

/** Starts at once. */
export function startCallClock(engine: string, call: EngineRequest<unknown>): CallClock {
  const { headTimeoutMs, signal, path } = call;
  const controller = new AbortController();
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let bytes = 0;
  const stopHearing = onAbort(signal, () => controller.abort(signal.reason));

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
    headArrived(isEndless) {
      clearTimeout(timer);
      bytes = 0;
      if (!isEndless) allow(PROGRESS.ms, 'the body stalls');
    },
    progress(more) {
      bytes += more;
      if (bytes < PROGRESS.bytes) return;
      bytes = 0;
      timer?.refresh();
    },
    stop() {
      clearTimeout(timer);
      stopHearing();
    },
  };
}
