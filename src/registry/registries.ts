import { LRUCache } from 'lru-cache';
import { type Bulkhead, createBulkhead } from '../engine/bulkhead.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Engine, RegistryManifest } from '../engine/engine.ts';
import { canonicalName, type ParsedName } from '../engine/reference.ts';
import { createSingleFlights, type SingleFlights } from '../single-flight.ts';
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
  const flights = new Map<string, SingleFlights<RegistryAnswer>>();
  const places = new Map<string, Bulkhead>();
  const rest = createRest();
  const isAllowed = new Set(allowed);

  /** One question by each engine, shared by all who ask it meanwhile; given up when all of them have left. */
  function flightsOf({ name }: Engine): SingleFlights<RegistryAnswer> {
    const outOfTime = () => new EngineError('REGISTRY_TIMEOUT', name, 'out of time');
    const own = flights.get(name) ?? createSingleFlights(outOfTime);
    flights.set(name, own);
    return own;
  }

  async function read(
    engine: Engine,
    name: ParsedName,
    signal: AbortSignal,
  ): Promise<RegistryAnswer> {
    const { domain } = name;
    const own = places.get(domain) ?? createBulkhead(PARALLEL);
    places.set(domain, own);
    return own.run(async () => {
      rest.check(engine.name, domain);
      try {
        const auth = await credentials.find(domain);
        const manifest = await engine.askRegistry(spell(name), auth, signal);
        return { manifest, checkedAt: Date.now() };
      } catch (error) {
        if (error instanceof EngineError) rest.failed(engine.name, domain, error);
        throw error;
      }
    }, signal);
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
      return flightsOf(engine)(key, signal, async (signal) => {
        const answer = await read(engine, name, signal);
        const isFinal = name.digest !== null && answer.manifest !== null;
        answers.set(key, { answer, until: isFinal ? Infinity : performance.now() + TAG_MS });
        return answer;
      });
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

/** A digest says more than a tag beside it. */
function spell({ domain, path, tag, digest }: ParsedName): string {
  const name = canonicalName(domain, path);
  return digest === null ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
}
