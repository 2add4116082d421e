import { EngineError, type EngineErrorCode } from './engine-error.ts';
import type { CircuitState } from './engine.ts';

/** How long an open circuit rests before a probe, in milliseconds: doubled until a call succeeds. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 30_000;
/** So many failures among the last so many calls open it. */
const FAILURES = 5;
const OF_THE_LAST = 10;
/** An engine that answers with an error of its own is at work: one image that it cannot read proves nothing. */
const FAILURE_CODES: ReadonlySet<EngineErrorCode> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_TIMEOUT',
  'ENGINE_BAD_RESPONSE',
]);

/** Spares an engine that fails call after call, although it greets us, and whoever waits for those calls. */
export interface Circuit {
  state(): CircuitState;
  /** @throws EngineError at once while the circuit is not closed, with the code of the failure that opened it */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  /** Forgets all that the engine did before, and ends the probes. */
  close(): void;
}

interface Opening {
  readonly failure: EngineError;
  /** By the monotonic clock. */
  readonly probeAt: number;
  readonly timer: NodeJS.Timeout;
  isProbing: boolean;
}

/** @param probe asks for a sign of life */
export function createCircuit(engine: string, probe: () => Promise<void>): Circuit {
  const record = createRecord();
  let rest = FIRST_REST_MS;
  let opening: Opening | null = null;

  function open(failure: EngineError): void {
    const timer = setTimeout(() => void look(mine), rest).unref();
    const mine = { failure, probeAt: performance.now() + rest, timer, isProbing: false };
    opening = mine;
    rest = Math.min(rest * 2, LONGEST_REST_MS);
  }

  async function look(mine: Opening): Promise<void> {
    mine.isProbing = true;
    const isAlive = await probe().then(
      () => true,
      () => false,
    );
    // It may have been closed meanwhile, and even have been opened again.
    if (opening !== mine) return;
    if (isAlive) opening = null;
    else open(mine.failure);
  }

  function forget(): void {
    rest = FIRST_REST_MS;
    record.forget();
  }

  return {
    state: () => (opening === null ? 'CLOSED' : opening.isProbing ? 'HALF_OPEN' : 'OPEN'),
    async run(call) {
      if (opening !== null) throw notAsked(engine, opening);
      const order = record.begin();
      try {
        const result = await call();
        // Until then it was closed on trial: one more failure would have opened it again.
        if (rest > FIRST_REST_MS) forget();
        record.succeeded();
        return result;
      } catch (error) {
        if (isFailure(error) && record.failed(order) && opening === null) open(error);
        throw error;
      }
    },
    close() {
      clearTimeout(opening?.timer);
      opening = null;
      forget();
    },
  };
}

/**
 * What came of the last calls. An engine that stands still for a moment fails all calls that are under way: of failures that
 * overlap the first one counts.
 */
function createRecord() {
  let begun = 0;
  let judged = 0;
  let last: readonly ('success' | 'failure')[] = [];
  const note = (outcome: 'success' | 'failure') =>
    void (last = [...last, outcome].slice(-OF_THE_LAST));
  return {
    /** @returns which call it is */
    begin: () => ++begun,
    succeeded: () => note('success'),
    /** @returns whether there were too many */
    failed(order: number): boolean {
      if (order <= judged) return false;
      judged = begun;
      note('failure');
      return last.filter((outcome) => outcome === 'failure').length >= FAILURES;
    },
    /** Nothing counts that has begun before. */
    forget() {
      judged = begun;
      last = [];
    },
  };
}

function isFailure(error: unknown): error is EngineError {
  return error instanceof EngineError && FAILURE_CODES.has(error.code);
}

function notAsked(engine: string, { failure, probeAt }: Opening): EngineError {
  const { code, message } = failure;
  const error = new EngineError(code, engine, `not asked after: ${message}`, failure);
  error.retryAfterMs = Math.max(0, Math.ceil(probeAt - performance.now()));
  return error;
}
