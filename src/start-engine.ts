import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { createEmbeddedEngine } from './embedded/embedded-engine.ts';
import { createDialer } from './engine/dial.ts';
import { createDockerEngine } from './engine/docker-engine.ts';
import type { Endpoint } from './engine/endpoint.ts';
import type { EngineError } from './engine/engine-error.ts';
import type { Engine, EngineStatus } from './engine/engine.ts';
import { createTransport } from './engine/transport.ts';

type EmbeddedEndpoint = Extract<Endpoint, { kind: 'layout' | 'archive' | 'sample' }>;

/** Connects to one configured engine; an embedded one is started in this process first. */
export function startEngine(
  name: string,
  endpoint: Endpoint,
  sshEnvironment: Readonly<Record<string, string>>,
  log: Logger,
): Engine {
  const connectEmbedded = (at: EmbeddedEndpoint): (() => Duplex) => {
    const embedded = createEmbeddedEngine(at, (detail) =>
      log.warn({ engine: name, detail }, 'image left out'),
    );
    return () => embedded.connect();
  };
  const connect = isEmbedded(endpoint) ? connectEmbedded(endpoint) : null;
  const { dial, host } = createDialer(endpoint, {
    connectEmbedded: () => (connect as () => Duplex)(),
    sshEnvironment,
  });
  const transport = createTransport(name, host, dial);
  return createDockerEngine({ name, transport, onStatus: reportStatus(name, log) });
}

function isEmbedded(endpoint: Endpoint): endpoint is EmbeddedEndpoint {
  return ['layout', 'archive', 'sample'].includes(endpoint.kind);
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
