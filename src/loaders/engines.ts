import { EngineError } from '../engine/engine-error.ts';

/** An engine that was asked and could not answer. */
export interface EngineFailure {
  readonly engine: string;
  readonly error: EngineError;
}

/**
 * Asks several engines the same; one that fails costs its own answer only.
 * @returns answers in the order of the engines @throws whatever is no EngineError, as that is a bug
 */
export async function settleEngines<Answer>(
  engines: readonly string[],
  ask: (engine: string) => Promise<Answer>,
): Promise<{ found: Answer[]; failures: EngineFailure[] }> {
  const settled = await Promise.allSettled(engines.map(ask));
  const found: Answer[] = [];
  const failures: EngineFailure[] = [];
  for (const [at, result] of settled.entries()) {
    if (result.status === 'fulfilled') found.push(result.value);
    else if (result.reason instanceof EngineError) {
      failures.push({ engine: engines[at] ?? '', error: result.reason });
    } else throw result.reason;
  }
  return { found, failures };
}

/**
 * Asks engines one after the other until one has an answer, so that none is asked needlessly.
 * @returns failures of the engines that were asked before an answer was found
 */
export async function firstThatHas<Answer>(
  engines: readonly string[],
  ask: (engine: string) => Promise<Answer | null>,
): Promise<{ found: Answer | null; failures: EngineFailure[] }> {
  const failures: EngineFailure[] = [];
  for (const engine of engines) {
    const { found, failures: failed } = await settleEngines([engine], ask);
    failures.push(...failed);
    const [answer] = found;
    if (answer !== undefined && answer !== null) return { found: answer, failures };
  }
  return { found: null, failures };
}
