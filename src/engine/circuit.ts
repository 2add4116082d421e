import {
  type CircuitBreakerPolicy,
  circuitBreaker,
  CircuitState as State,
  ConsecutiveBreaker,
  handleWhen,
  type IBreaker,
  SamplingBreaker,
} from 'cockatiel';
import { EngineError, type EngineErrorCode } from './engine-error.ts';
import type { CircuitState } from './engine.ts';

/** How long an open circuit rests before a probe, in milliseconds: doubled while probes fail. */
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 30_000;
/** Failures in a row that open it; or half of all calls within 10 s, of at least ten. */
const IN_A_ROW = 5;
const SAMPLED = { threshold: 0.49, duration: 10_000, minimumRps: 1 };
/** An engine that answers with an error of its own is at work: one image that it cannot read proves nothing. */
const FAILURES: ReadonlySet<EngineErrorCode> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_TIMEOUT',
  'ENGINE_BAD_RESPONSE',
]);

/** Spares an engine that fails call after call, although it greets us, and whoever waits for those calls. */
export interface Circuit {
  state(): CircuitState;
  /** @throws EngineError at once while the circuit is not closed, with the code of the failure that opened it */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  /** The engine was gone and is back: nothing that it did before counts. */
  close(): void;
  /** Ends the probes. */
  stop(): void;
}

/** @param probe asks for a sign of life */
export function createCircuit(engine: string, probe: () => Promise<void>): Circuit {
  const breaker = circuitBreaker(handleWhen(isFailure), {
    // Probes are ours: a call that waits for one would wait for as long as the engine lets it.
    halfOpenAfter: 0,
    breaker: either(new ConsecutiveBreaker(IN_A_ROW), new SamplingBreaker(SAMPLED)),
  });
  let rest = FIRST_REST_MS;
  let probeAt = 0;
  let timer: NodeJS.Timeout | undefined;
  breaker.onBreak(() => {
    probeAt = performance.now() + rest;
    timer = setTimeout(() => void breaker.execute(probe).catch(() => {}), rest).unref();
    rest = Math.min(rest * 2, LONGEST_REST_MS);
  });
  breaker.onReset(() => {
    clearTimeout(timer);
    rest = FIRST_REST_MS;
  });

  return {
    state: () => STATES[breaker.state],
    run(call) {
      if (breaker.state === State.Closed) return breaker.execute(call);
      return Promise.reject(notAsked(engine, breaker, probeAt - performance.now()));
    },
    close() {
      if (breaker.state === State.Open) void breaker.execute(() => undefined);
    },
    stop: () => clearTimeout(timer),
  };
}

const STATES: Readonly<Record<State, CircuitState>> = {
  [State.Closed]: 'CLOSED',
  [State.Open]: 'OPEN',
  [State.Isolated]: 'OPEN',
  [State.HalfOpen]: 'HALF_OPEN',
};

function isFailure(error: Error): boolean {
  return error instanceof EngineError && FAILURES.has(error.code);
}

function either(...breakers: readonly IBreaker[]): IBreaker {
  return {
    state: null,
    success: (state) => breakers.forEach((breaker) => breaker.success(state)),
    // Each of them counts, whatever the others say.
    failure: (state) => breakers.map((breaker) => breaker.failure(state)).includes(true),
  };
}

function notAsked(engine: string, breaker: CircuitBreakerPolicy, restMs: number): EngineError {
  const failure = breaker.lastFailure as { readonly error: EngineError };
  const { code, message } = failure.error;
  const error = new EngineError(code, engine, `not asked after: ${message}`, failure.error);
  error.retryAfterMs = Math.max(0, Math.ceil(restMs));
  return error;
}
