import type { Ask, DockerFor } from './docker-calls.ts';
import { EngineError } from './engine-error.ts';
import type { ApiVersion, Engine, EngineFacts } from './engine.ts';
import { toImageDetail, toRowOfInspect } from './inspect-mapping.ts';
import { readObject } from './transport.ts';

const INSPECT_MS = 3_000;
/** From API 1.53 on an inspect verifies signatures, perhaps over the network; 1.52 does not. */
const INSPECT_WITHOUT_SIGNATURES = 52;
/** Inspect gives manifests from this version on. */
const INSPECT_WITH_MANIFESTS = 48;

/**
 * Whether one image can be read as the list would give it: only an inspect with manifests has all that
 * the list has, and only the containerd store gives those.
 */
export function canReadOneImage({ store, api }: EngineFacts): boolean {
  return store === 'CONTAINERD' && api >= INSPECT_WITH_MANIFESTS;
}

/** What asks an engine about one image. */
export function createImageVerbs(
  name: string,
  docker: DockerFor,
  ask: Ask,
): Pick<Engine, 'inspectImage' | 'readImage'> {
  const inspect = <Result>(
    reference: string,
    signal: AbortSignal,
    map: (json: Record<string, unknown>, api: ApiVersion) => Result | null,
  ): Promise<Result | null> =>
    ask(async (facts) => {
      const api = inspectVersion(facts);
      const query = api >= INSPECT_WITH_MANIFESTS ? { manifests: '1' } : {};
      const call = { api, headTimeoutMs: INSPECT_MS, signal, read: readObject, query };
      const json = (await docker(call).getImage(reference).inspect()) as unknown;
      return map(json as Record<string, unknown>, api);
    }).catch((error: unknown) => {
      if (error instanceof EngineError && error.code === 'NOT_FOUND') return null;
      throw error;
    });
  return {
    inspectImage: (id, signal) => inspect(id, signal, toImageDetail),
    readImage: async (reference, signal) => {
      await ask(async (facts) => {
        if (canReadOneImage(facts)) return;
        throw new EngineError('ENGINE_INCOMPATIBLE', name, 'inspect gives no rows here');
      });
      return inspect(reference, signal, toRowOfInspect);
    },
  };
}

function inspectVersion({ api, minApi }: EngineFacts): ApiVersion {
  return Math.max(Math.min(api, INSPECT_WITHOUT_SIGNATURES), minApi);
}
