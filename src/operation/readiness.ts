import type { Engine } from '../engine/engine.ts';
import type { EngineObserver } from '../engine/observer.ts';

/** For how long an answer shows that an engine is there: it is pinged every 5 s. */
const FRESH_MS = 10_000;

/** Whether requests are worth sending here. */
export interface Readiness {
  /** Sees which engines answer; nothing is asked of them for it. */
  readonly calls: EngineObserver;
  /** Whether one of these engines can be asked and has answered within the last 10 s. */
  isReady(engines: Iterable<Engine>): boolean;
}

/** Nothing is ready before an engine has answered. */
export function createReadiness(now: () => number = () => performance.now()): Readiness {
  const answered = new Map<string, number>();
  const isFresh = (engine: Engine): boolean =>
    now() - (answered.get(engine.name) ?? -Infinity) <= FRESH_MS;
  return {
    calls: {
      callStarted:
        ({ engine }) =>
        ({ status }) => {
          if (status !== null) answered.set(engine, now());
        },
    },
    isReady: (engines) =>
      [...engines].some((engine) => engine.status() === 'READY' && isFresh(engine)),
  };
}
