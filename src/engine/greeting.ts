import type { DockerFor } from './docker-calls.ts';
import type { EngineFacts } from './engine-facts.ts';
import { negotiate, toEngineFacts } from './facts-mapping.ts';
import { type BodyReader, readObject, readText } from './read-body.ts';
import type { Transport } from './transport.ts';

/** Until the head of an answer to a ping, in milliseconds. */
export const PING_MS = 1_000;
/** Until the head of each answer of a greeting, in milliseconds. */
const GREETING_MS = 3_000;
/** How long one greeting may hang before another is made beside it, in milliseconds. */
const HANGING_MS = 1_000;

/** Learns who an engine is, and whether it still is. */
export interface Greeting {
  /** Reads /version and /info. @throws EngineError */
  greet(): Promise<EngineFacts>;
  /**
   * Asks for a sign of life. False when the engine may have changed since it was greeted: when it has ended
   * connections, as a restart does, or when it names another release, behind a proxy that holds ours open.
   * @throws EngineError
   */
  isSame(): Promise<boolean>;
}

/** For a greeting an engine counts all that it has, so that one is made only where there is a reason. */
export function createGreeting(name: string, docker: DockerFor, transport: Transport): Greeting {
  let ended = 0;
  let release: string | null = null;
  return {
    greet() {
      ended = transport.endedConnections();
      release = null;
      return whileHanging((signal) => greet(name, docker, signal));
    },
    async isSame() {
      const found = await ping(docker, AbortSignal.timeout(PING_MS), PING_MS);
      release ??= found;
      return found === release && transport.endedConnections() === ended;
    },
  };
}

/** What an engine names itself in the answer to a ping; the same for all answers of one release. */
export async function ping(
  docker: DockerFor,
  signal: AbortSignal,
  headTimeoutMs: number,
): Promise<string> {
  return (await docker({
    api: null,
    headTimeoutMs,
    lane: 'direct',
    signal,
    read: readRelease,
  }).ping()) as string;
}

/** Docker and Podman both give Server (Docker/28.5.2 (linux)) and Api-Version with a ping. */
const readRelease: BodyReader<string> = async (body, engine, headers) => {
  await readText(body, engine);
  return JSON.stringify([headers['server'], headers['api-version']]);
};

/**
 * An engine that was frozen or cut off may never answer what it was asked meanwhile, and be long back when that is
 * given up. So while one try hangs another is made every second: the first answer counts, and the first failure
 * of the first try.
 */
function whileHanging<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const done = new AbortController();
  return new Promise<Result>((resolve, reject) => {
    run(done.signal).then(resolve, reject);
    const again = setInterval(() => void run(done.signal).then(resolve, () => {}), HANGING_MS);
    done.signal.addEventListener('abort', () => clearInterval(again));
  }).finally(() => done.abort());
}

async function greet(name: string, docker: DockerFor, signal: AbortSignal): Promise<EngineFacts> {
  const call = { headTimeoutMs: GREETING_MS, lane: 'direct' as const, signal, read: readObject };
  const version = (await docker({ ...call, api: null }).version()) as unknown;
  const versions = negotiate(name, version as Record<string, unknown>);
  const info = (await docker({ ...call, api: versions.api }).info()) as unknown;
  return toEngineFacts(
    versions,
    version as Record<string, unknown>,
    info as Record<string, unknown>,
  );
}
