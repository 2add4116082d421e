import type { Ask } from './asking.ts';
import type { DockerFor } from './docker-calls.ts';
import { EngineError, type RegistryErrorCode } from './engine-error.ts';
import type { Engine, RegistryManifest } from './engine.ts';
import type { EngineFacts } from './engine-facts.ts';
import { asObject, type Json } from './json-values.ts';
import { toDescriptor } from './manifest-mapping.ts';
import { distinctPlatforms, toPlatform } from './platform-mapping.ts';
import { readObject } from './read-body.ts';

/** The engine asks every endpoint of the registry, mirrors too, before it answers. */
const DISTRIBUTION_MS = 15_000;
/** Engine 17.06; before, there is no /distribution. */
const DISTRIBUTION = 30;

/** What has the engine ask a registry. */
export function createDistributionVerb(
  name: string,
  docker: DockerFor,
  ask: Ask,
): Pick<Engine, 'askRegistry'> {
  return {
    askRegistry: (reference, credentials, signal) =>
      ask(signal, async (facts) => {
        if (!canAskRegistries(facts)) {
          throw new EngineError('UNSUPPORTED_BY_ENGINE', name, 'no /distribution');
        }
        const headers = credentials === null ? {} : { 'x-registry-auth': credentials };
        const { api } = facts;
        const own = { headTimeoutMs: DISTRIBUTION_MS, lane: 'direct' as const, headers };
        const call = { api, signal, read: readObject, ...own };
        // Each registry has places of its own; it must not take those of the engine's other calls.
        const answer = await docker(call)
          .getImage(reference)
          .distribution()
          .catch((error: unknown) => toRegistryError(error, name));
        return answer === null ? null : toRegistryManifest(answer as unknown as Json, name);
      }),
  };
}

/** Podman answers 404 for the path itself, as the embedded engine does, which has no network. */
export function canAskRegistries({ kind, api }: EngineFacts): boolean {
  return kind === 'DOCKER' && api >= DISTRIBUTION;
}

/** What the engine's answer says of the registry; null for a 404. */
function toRegistryError(error: unknown, engine: string): null {
  if (!(error instanceof EngineError)) throw error;
  if (error.code === 'NOT_FOUND') return null;
  const code = codeOf(error);
  if (code === null) throw error;
  const found = new EngineError(code, engine, error.message, error);
  if (error.retryAfterMs !== undefined) found.retryAfterMs = error.retryAfterMs;
  throw found;
}

const UNREACHABLE =
  /\bdial\b|lookup|no such host|refused|no route|reset by peer|broken pipe|EOF|certificate|tls|x509|unexpected HTTP status|server gave HTTP response/i;

/** Docker passes the registry's status on, and makes 500 of a registry that it cannot reach. */
function codeOf(error: EngineError): RegistryErrorCode | null {
  if (error.says(/^HTTP 429|toomanyrequests/)) return 'REGISTRY_RATE_LIMITED';
  if (error.code === 'ENGINE_TIMEOUT') return 'REGISTRY_TIMEOUT';
  // Docker says so with 401 and 403, and before 23.0 with 500.
  if (error.says(/^HTTP 40[13]|unauthorized|authentication required|no basic auth|denied/i)) {
    return 'REGISTRY_UNAUTHORIZED';
  }
  if (!error.says(/^HTTP 5\d\d/)) return null;
  if (error.says(/deadline exceeded|timeout/i)) return 'REGISTRY_TIMEOUT';
  return error.says(UNREACHABLE) ? 'REGISTRY_UNAVAILABLE' : null;
}

function toRegistryManifest(json: Json, engine: string): RegistryManifest {
  const descriptor = toDescriptor(json['Descriptor']);
  if (descriptor === null) {
    throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'distribution without a descriptor');
  }
  const listed = json['Platforms'];
  if (!Array.isArray(listed)) return { descriptor, platforms: null };
  const all = listed.map((one) => toPlatform(asObject(one))).filter((one) => one !== null);
  // Attestations stand in an index under this platform.
  return { descriptor, platforms: distinctPlatforms(all.filter(({ os }) => os !== 'unknown')) };
}
