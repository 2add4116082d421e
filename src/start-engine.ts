import type { Logger } from 'pino';
import { createDialer } from './engine/dial.ts';
import { createDockerEngine } from './engine/docker-engine.ts';
import type { Endpoint } from './engine/endpoint.ts';
import type { EngineError } from './engine/engine-error.ts';
import type { Engine, EngineStatus } from './engine/engine.ts';
import { createTransport } from './engine/transport.ts';

/** Connects to one configured engine. */
export function startEngine(
  name: string,
  endpoint: Endpoint,
  sshEnvironment: Readonly<Record<string, string>>,
  log: Logger,
): Engine {
  const connectEmbedded = () => {
    throw new Error('image layouts and archives cannot be served yet');
  };
  const { dial, host } = createDialer(endpoint, { connectEmbedded, sshEnvironment });
  const transport = createTransport(name, host, dial);
  return createDockerEngine({ name, transport, onStatus: reportStatus(name, log) });
}

function reportStatus(engine: string, log: Logger) {
  return (status: EngineStatus, error: EngineError | null): void => {
    if (error === null) log.info({ engine, status }, 'the engine answers');
    else {
      const { code, message: detail } = error;
      log.warn({ engine, status, code, detail }, 'the engine cannot be used; it is tried again');
    }
  };
}
