import type { DockerFor } from './docker-calls.ts';
import { EngineError } from './engine-error.ts';
import type { EngineFacts } from './engine-facts.ts';
import { negotiate, toEngineFacts } from './facts-mapping.ts';
import { type BodyReader, readBytes, readObject } from './read-body.ts';
import type { Transport } from './transport.ts';

/** Until the head of an answer to a ping, in milliseconds. */
export const PING_MS = 1_000;
/** Until the head of each answer of a greeting, in milliseconds. */
const GREETING_MS = 3_000;
/** An answer to a ping is OK, or nothing. */
const MAX_PING_BYTES = 4_096;
/** How long one greeting may hang before another is made beside it, in milliseconds, and how many there are at most. */
const HANGING_MS = 1_000;
const MAX_TRIES = 4;
/** Until all of a greeting, in milliseconds. */
const WHOLE_MS = 10_000;

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
      return whileHanging(name, (signal) => greet(name, docker, signal));
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
  await readBytes(body, engine, MAX_PING_BYTES);
  return JSON.stringify([headers['server'], headers['api-version']]);
};

/**
 * An engine that was frozen or cut off may never answer what it was asked meanwhile, and be long back when that is
 * given up. So while one try hangs another is made every second, a few at a time: the first answer counts, and the
 * first failure of the first try. One whose answers never end fails as a whole.
 */
async function whileHanging<Result>(
  engine: string,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const tries: AbortController[] = [];
  const start = (): Promise<Result> => {
    const mine = new AbortController();
    // The first one stays: how it fails is what is told.
    if (tries.push(mine) > MAX_TRIES) tries.splice(1, 1)[0]?.abort();
    return run(mine.signal);
  };
  const timers: NodeJS.Timeout[] = [];
  return new Promise<Result>((resolve, reject) => {
    start().then(resolve, reject);
    timers.push(setInterval(() => void start().then(resolve, () => {}), HANGING_MS));
    const late = new EngineError('ENGINE_TIMEOUT', engine, 'the greeting takes too long');
    timers.push(setTimeout(() => reject(late), WHOLE_MS));
  }).finally(() => {
    for (const timer of timers) clearTimeout(timer);
    for (const each of tries) each.abort();
  });
}

async function greet(name: string, docker: DockerFor, signal: AbortSignal): Promise<EngineFacts> {
  const call = { headTimeoutMs: GREETING_MS, lane: 'direct' as const, signal, read: readObject };
  const version = (await docker({ ...call, api: null })
    .version()
    .catch(noEngine)) as unknown;
  const versions = negotiate(name, version as Record<string, unknown>);
  const info = (await docker({ ...call, api: versions.api }).info()) as unknown;
  return toEngineFacts(
    versions,
    version as Record<string, unknown>,
    info as Record<string, unknown>,
  );
}

/** Every engine has /version: what does not is another server, at a wrong port perhaps. */
function noEngine(error: unknown): never {
  if (!(error instanceof EngineError) || error.code !== 'NOT_FOUND') throw error;
  const detail = 'what answers there is no Docker Engine API: it has no /version';
  throw new EngineError('ENGINE_BAD_RESPONSE', error.engine, detail, error);
}
