import { EngineError } from '../engine/engine-error.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineFacts } from '../engine/engine-facts.ts';
import { unlessAborted } from '../engine/unless-aborted.ts';

/**
 * Who an engine is, waited for no longer than an operation lasts: a greeting may trickle for ever.
 * @throws EngineError ENGINE_TIMEOUT when its time is up, else the signal's reason
 */
export async function factsInTime(engine: Engine, signal: AbortSignal): Promise<EngineFacts> {
  try {
    return await unlessAborted(engine.ready(), signal);
  } catch (error) {
    if ((error as Error | undefined)?.name !== 'TimeoutError') throw error;
    throw new EngineError('ENGINE_TIMEOUT', engine.name, 'the operation ran out of time');
  }
}
