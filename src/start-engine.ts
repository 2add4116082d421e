import type { Logger } from 'pino';
import { createEmbeddedEngine } from './embedded/embedded-engine.ts';
import { createDialer } from './engine/dial.ts';
import { createDockerEngine } from './engine/docker-engine.ts';
import type { Endpoint } from './engine/endpoint.ts';
import type { EngineError } from './engine/engine-error.ts';
import type { Engine, EngineStatus } from './engine/engine.ts';
import type { EngineObserver } from './engine/observer.ts';
import { NO_REDACTION, REDACTION } from './engine/redaction.ts';
import { createTransport } from './engine/transport.ts';

/** One configured engine, and what its connection needs. */
export interface StartEngineOptions {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Whether what looks like a secret is shown. */
  readonly revealSecrets: boolean;
  /** All of the environment that ssh may see. */
  readonly sshEnvironment: Readonly<Record<string, string>>;
  /** Release of this package. */
  readonly version: string;
  readonly log: Logger;
  /** Watches every call; nobody does when left out. */
  readonly observer?: EngineObserver;
}

/** Connects to one configured engine, or to images on disk through the embedded one. */
export function startEngine({
  name,
  endpoint,
  revealSecrets,
  sshEnvironment,
  version,
  log,
  observer,
}: StartEngineOptions): Engine {
  const { dial, host } = createDialer(endpoint, {
    connectEmbedded: embedded(name, endpoint, version, log),
    sshEnvironment,
  });
  const transport = createTransport(name, host, dial, observer);
  const redaction = revealSecrets ? NO_REDACTION : REDACTION;
  return createDockerEngine({ name, transport, redaction, onStatus: reportStatus(name, log) });
}

function embedded(name: string, endpoint: Endpoint, version: string, log: Logger) {
  if (endpoint.kind !== 'layout' && endpoint.kind !== 'archive' && endpoint.kind !== 'sample') {
    return () => {
      throw new Error('not an embedded engine');
    };
  }
  const report = (digest: string, reason: string): void =>
    log.warn({ engine: name, digest, reason }, 'content that cannot be used');
  return createEmbeddedEngine({ endpoint, version, report }).connect;
}

/** The socket is root on its host, so that its group is who may use the engine. */
const SHUT_HINT =
  "its socket may not be opened: add this process's user to the group of the socket (docker), or run an engine without root";

function isShut({ cause }: EngineError): boolean {
  return ['EACCES', 'EPERM'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
}

function reportStatus(engine: string, log: Logger) {
  return (status: EngineStatus, error: EngineError | null): void => {
    if (error === null) log.info({ engine, status }, 'the engine answers');
    else {
      const { code, message: detail } = error;
      const hint = isShut(error) ? SHUT_HINT : 'it is tried again';
      log.warn({ engine, status, code, detail }, `the engine cannot be used; ${hint}`);
    }
  };
}
