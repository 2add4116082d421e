import type { Ask } from './asking.ts';
import type { DockerFor } from './docker-calls.ts';
import type { ApiVersion, EngineFacts } from './engine-facts.ts';
import { EngineError } from './engine-error.ts';
import type { Engine } from './engine.ts';
import { imageCall, platformQuery, type Query } from './image-call.ts';
import type { ImageDetail } from './image-detail.ts';
import type { Platform } from './image-row.ts';
import { toImageDetail, toRowOfInspect } from './inspect-mapping.ts';
import { canReadOneImage, givesManifests, inspectVersion } from './inspect-versions.ts';
import type { Json } from './json-values.ts';
import { nullWhenGone } from './null-when-gone.ts';
import { readObject } from './read-body.ts';
import type { Redaction } from './redaction.ts';

type Inspect = <Result>(
  reference: string,
  query: Query | null,
  signal: AbortSignal,
  map: (json: Json, api: ApiVersion) => Result | null,
  check?: (facts: EngineFacts) => void,
) => Promise<Result | null>;

/** GET /images/{name}/json. */
export function createInspectVerbs(
  name: string,
  docker: DockerFor,
  ask: Ask,
  redaction: Redaction,
): Pick<Engine, 'inspectImage' | 'readImage'> {
  const inspect: Inspect = (reference, query, signal, map, check) =>
    nullWhenGone(
      ask(signal, async (facts) => {
        check?.(facts);
        const api = inspectVersion(facts);
        const withManifests: Query = givesManifests(api) ? { manifests: '1' } : {};
        const call = imageCall(api, signal, readObject, query ?? withManifests);
        return map((await docker(call).getImage(reference).inspect()) as unknown as Json, api);
      }),
    );
  return {
    async inspectImage(id, signal, platform) {
      const detail = await detailOf(inspect, id, signal, platform);
      return detail === null ? null : redaction.detail(detail);
    },
    async readImage(reference, signal) {
      const row = await inspect(reference, null, signal, toRowOfInspect, (facts) => {
        if (canReadOneImage(facts)) return;
        throw new EngineError('ENGINE_INCOMPATIBLE', name, 'inspect gives no rows here');
      });
      return row === null ? null : redaction.row(row);
    },
  };
}

/**
 * From engine 29.1.3 on an inspect may describe the host's platform although only another one was pulled: nothing is said
 * then, and has to be asked of one that is here.
 */
async function detailOf(
  inspect: Inspect,
  id: string,
  signal: AbortSignal,
  platform: Platform | undefined,
): Promise<ImageDetail | null> {
  const query = platform === undefined ? null : platformQuery(platform);
  const detail = await inspect(id, query, signal, toImageDetail);
  if (detail === null) return null;
  const here = platformInstead(detail);
  const said = here && (await inspect(id, platformQuery(here), signal, toImageDetail));
  if (said === null) return detail;
  const { layers, config, platform: own, created, author, comment } = said;
  return { ...detail, layers, config, platform: own, created, author, comment };
}

/** The platform of a manifest that is here, where an inspect says nothing of any. */
function platformInstead({ platform, layers, manifests }: ImageDetail): Platform | null {
  if (platform !== null || layers.length > 0) return null;
  const here = manifests?.find(({ available, kind }) => available && kind === 'IMAGE');
  return here?.platform ?? null;
}
