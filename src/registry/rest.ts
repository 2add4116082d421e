import { EngineError, type EngineErrorCode } from '../engine/engine-error.ts';

/** How long a registry is left alone after a failure, when it does not say itself, in milliseconds. */
const REST_MS: Partial<Readonly<Record<EngineErrorCode, number>>> = {
  REGISTRY_RATE_LIMITED: 60_000,
  REGISTRY_TIMEOUT: 10_000,
  REGISTRY_UNAVAILABLE: 10_000,
};
/** Nobody is taken at their word for longer. */
const LONGEST_MS = 60 * 60_000;

/** Registries that are left alone for a while: who has said 429, or did not answer, is not asked a thousand times more. */
export interface Rest {
  /** @throws EngineError as the registry's last one, while it rests */
  check(engine: string, registry: string): void;
  failed(engine: string, registry: string, error: EngineError): void;
}

/** A limit is that of a registry, whichever engine asks; one that cannot be reached may be reached by another engine. */
export function createRest(): Rest {
  const resting = new Map<string, { readonly until: number; readonly code: EngineErrorCode }>();
  return {
    check(engine, registry) {
      for (const key of [registry, `${engine} ${registry}`]) {
        const rest = resting.get(key);
        if (rest === undefined) continue;
        const left = rest.until - performance.now();
        if (left > 0) throw resumable(new EngineError(rest.code, engine, 'left alone'), left);
        resting.delete(key);
      }
    },
    failed(engine, registry, error) {
      const ms = error.retryAfterMs ?? REST_MS[error.code];
      if (ms === undefined || REST_MS[error.code] === undefined) return;
      const isLimit = error.code === 'REGISTRY_RATE_LIMITED';
      const until = performance.now() + Math.min(ms, LONGEST_MS);
      resting.set(isLimit ? registry : `${engine} ${registry}`, { until, code: error.code });
      resumable(error, Math.min(ms, LONGEST_MS));
    },
  };
}

function resumable(error: EngineError, ms: number): EngineError {
  error.retryAfterMs = Math.ceil(ms);
  return error;
}
