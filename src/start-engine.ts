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

/** What to do, by the code of the system. */
const HINTS: Readonly<Record<string, string>> = {
  'connect ENOENT': 'there is no such socket: start the engine, or correct --engine',
  'connect ECONNREFUSED': 'nothing listens there: start the engine, or correct --engine',
  'getaddrinfo ENOTFOUND': 'no host has this name: correct --engine',
  'getaddrinfo EAI_AGAIN': 'the name of the host cannot be looked up: see its DNS, or --engine',
  'spawn ssh ENOENT': 'ssh is not installed: install it, or name the engine by tcp:// with TLS',
};
/** The socket is root on its host, so that its group is who may use the engine. */
const SHUT_HINT =
  "its socket may not be opened: add this process's user to the group of the socket (docker), or run an engine without root";

function hintOf({ code, cause }: EngineError): string {
  const { code: system = '', syscall = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  if (['EACCES', 'EPERM'].includes(system)) return SHUT_HINT;
  if (code === 'ENGINE_BAD_RESPONSE') return 'see whether --engine leads to a Docker Engine API';
  return HINTS[`${syscall} ${system}`] ?? 'it is tried again';
}

function reportStatus(engine: string, log: Logger) {
  return (status: EngineStatus, error: EngineError | null): void => {
    if (error === null) log.info({ engine, status }, 'the engine answers');
    else {
      const { code, message: detail } = error;
      log.warn({ engine, status, code, detail }, `the engine cannot be used; ${hintOf(error)}`);
    }
  };
}
