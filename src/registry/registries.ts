import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';
import { EngineError } from '../engine/engine-error.ts';
import type { Engine, RegistryManifest } from '../engine/engine.ts';
import { canonicalName, type ParsedName } from '../engine/reference.ts';
import { createRest } from './rest.ts';
import type { RegistryCredentials } from './registry-credentials.ts';

/** Requests that one registry is asked at once. */
const PARALLEL = 4;
/** What a tag leads to may change; what a digest leads to cannot. */
const TAG_MS = 60_000;
const MAX_ANSWERS = 10_000;

/** What a registry has under a name, and when it said so. */
export interface RegistryAnswer {
  /** Null when the registry has no such thing. */
  readonly manifest: RegistryManifest | null;
  /** Milliseconds since 1970. */
  readonly checkedAt: number;
}

/** Which registries may be asked, and what for. */
export interface Registries {
  /**
   * What a registry has, asked through an engine that stands before it.
   * @throws EngineError REGISTRY_NOT_ALLOWED before anything is sent, other REGISTRY_ codes, UNSUPPORTED_BY_ENGINE
   */
  ask(engine: Engine, name: ParsedName, signal: AbortSignal): Promise<RegistryAnswer>;
}

/** Nothing is ever asked of a registry that is not among the allowed. */
export interface RegistriesOptions {
  /** host[:port] in lower case, exactly as references have it; docker.io for Docker Hub. */
  readonly allowed: readonly string[];
  readonly credentials: RegistryCredentials;
}

/** Answers for tags are kept for a minute, those for digests for good; equal questions share one. */
export function createRegistries({ allowed, credentials }: RegistriesOptions): Registries {
  const answers = new LRUCache<string, Kept>({ max: MAX_ANSWERS });
  const flights = new Map<string, Promise<RegistryAnswer>>();
  const limits = new Map<string, LimitFunction>();
  const rest = createRest();
  const isAllowed = new Set(allowed);

  async function read(engine: Engine, name: ParsedName): Promise<RegistryAnswer> {
    const { domain } = name;
    const limit = limits.get(domain) ?? pLimit(PARALLEL);
    limits.set(domain, limit);
    return limit(async () => {
      rest.check(engine.name, domain);
      try {
        const auth = await credentials.find(domain);
        // Not the signal of whoever asks first: others wait for the same answer. The verb has its own deadline.
        const manifest = await engine.askRegistry(spell(name), auth, NEVER);
        return { manifest, checkedAt: Date.now() };
      } catch (error) {
        if (error instanceof EngineError) rest.failed(engine.name, domain, error);
        throw error;
      }
    });
  }

  function start(engine: Engine, name: ParsedName, key: string): Promise<RegistryAnswer> {
    const flight = read(engine, name)
      .then((answer) => {
        const isFinal = name.digest !== null && answer.manifest !== null;
        answers.set(key, { answer, until: isFinal ? Infinity : performance.now() + TAG_MS });
        return answer;
      })
      .finally(() => flights.delete(`${engine.name} ${key}`));
    flights.set(`${engine.name} ${key}`, flight);
    return flight;
  }

  return {
    async ask(engine, given, signal) {
      const name = { ...given, domain: given.domain.toLowerCase() };
      if (!isAllowed.has(name.domain)) {
        throw new EngineError('REGISTRY_NOT_ALLOWED', engine.name, `not allowed: ${name.domain}`);
      }
      const key = spell(name);
      const known = answers.get(key);
      if (known !== undefined && performance.now() < known.until) return known.answer;
      const flight = flights.get(`${engine.name} ${key}`) ?? start(engine, name, key);
      return orAborted(flight, signal, engine.name);
    },
  };
}

/** An answer, and until when it is given again, by the monotonic clock. */
interface Kept {
  readonly answer: RegistryAnswer;
  readonly until: number;
}

/** For whoever allows none. */
export const NO_REGISTRIES = createRegistries({
  allowed: [],
  credentials: { find: () => Promise.resolve(null) },
});

const NEVER = new AbortController().signal;

/** A digest says more than a tag beside it. */
function spell({ domain, path, tag, digest }: ParsedName): string {
  const name = canonicalName(domain, path);
  return digest === null ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
}

/** The answer, unless whoever asks has left or has no time any more; it is kept for the next one all the same. */
function orAborted<Answer>(
  answer: Promise<Answer>,
  signal: AbortSignal,
  engine: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      const isLate = (signal.reason as Error | undefined)?.name === 'TimeoutError';
      reject(isLate ? new EngineError('REGISTRY_TIMEOUT', engine, 'out of time') : signal.reason);
    };
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
