import Docker from 'dockerode';
import { type Call, createModem } from './modem.ts';
import type { Transport } from './transport.ts';

/**
 * dockerode with the means of one call; its methods answer with what the call's reader returns.
 * @param endpoint what stands in place of the last part of the path, for endpoints that dockerode has no method for
 */
export type DockerFor = <Result>(call: Call<Result>, endpoint?: string) => Docker;

/** dockerode over our own transport. */
export function createDockerFor(engine: string, transport: Transport): DockerFor {
  return (call, endpoint) =>
    new Docker({ modem: createModem(engine, transport, call, endpoint) } as Docker.DockerOptions);
}
