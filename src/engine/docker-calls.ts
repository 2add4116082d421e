import Docker from 'dockerode';
import type { EngineFacts } from './engine.ts';
import { type Call, createModem } from './modem.ts';
import type { Transport } from './transport.ts';

/**
 * dockerode with the means of one call; its methods answer with what the call's reader returns.
 * @param endpoint what stands in place of the last part of the path, for endpoints that dockerode has no method for
 */
export type DockerFor = <Result>(call: Call<Result>, endpoint?: string) => Docker;

/**
 * Runs a call with what was agreed with the engine, once there is an agreement; a failure that means a lost engine is
 * passed on. @throws EngineError at once where the engine is known to be lost; the signal's reason
 */
export type Ask = <Result>(
  signal: AbortSignal,
  run: (facts: EngineFacts) => Promise<Result>,
) => Promise<Result>;

/** dockerode over our own transport. */
export function createDockerFor(engine: string, transport: Transport): DockerFor {
  return (call, endpoint) =>
    new Docker({ modem: createModem(engine, transport, call, endpoint) } as Docker.DockerOptions);
}
