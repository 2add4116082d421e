import type { Ask } from './asking.ts';
import { nullWhenGone } from './null-when-gone.ts';
import type { DockerFor } from './docker-calls.ts';
import { EngineError } from './engine-error.ts';
import type { Engine } from './engine.ts';
import type { ApiVersion, EngineFacts } from './engine-facts.ts';
import type { ImageRow, Platform } from './image-row.ts';
import { toHistory } from './history-mapping.ts';
import type { ImageDetail } from './image-detail.ts';
import { toImageDetail, toRowOfInspect } from './inspect-mapping.ts';
import { asObject, asText, type Json } from './json-values.ts';
import type { Call } from './modem.ts';
import type { Redaction } from './redaction.ts';
import { readJson, readObject } from './read-body.ts';

const INSPECT_MS = 3_000;
/** From API 1.53 on an inspect verifies signatures, perhaps over the network; 1.52 does not. */
const INSPECT_WITHOUT_SIGNATURES = 52;
/** Inspect gives manifests from this version on, and history takes a platform. */
const INSPECT_WITH_MANIFESTS = 48;
const HISTORY_OF_PLATFORM = 48;
/** Inspect takes a platform from this version on, then without manifests. */
const INSPECT_OF_PLATFORM = 49;

/**
 * Whether one image can be read as the list would give it: only an inspect with manifests has all that
 * the list has, and only the containerd store gives those.
 */
export function canReadOneImage({ store, api }: EngineFacts): boolean {
  return store === 'CONTAINERD' && api >= INSPECT_WITH_MANIFESTS;
}

/** Whether what is said of one image can be asked of each of its manifests. */
export function canAskForPlatform({ store, api }: EngineFacts): boolean {
  return (store === 'CONTAINERD' || store === 'OCI_LAYOUT') && api >= INSPECT_OF_PLATFORM;
}

/** What asks an engine about one image. */
export function createImageVerbs(
  name: string,
  docker: DockerFor,
  ask: Ask,
  redaction: Redaction,
): Pick<Engine, 'inspectImage' | 'imageHistory' | 'imageNameOf' | 'readImage'> {
  const inspect = <Result>(
    reference: string,
    query: Query | null,
    signal: AbortSignal,
    map: (json: Json, api: ApiVersion) => Result | null,
  ) =>
    nullWhenGone(
      ask(signal, async (facts) => {
        const api = inspectVersion(facts);
        const withManifests: Query = api >= INSPECT_WITH_MANIFESTS ? { manifests: '1' } : {};
        const call = toCall(api, signal, readObject, query ?? withManifests);
        return map((await docker(call).getImage(reference).inspect()) as unknown as Json, api);
      }),
    );
  const inspectImage = async (id: string, signal: AbortSignal, platform?: Platform) => {
    const query = platform === undefined ? null : { platform: platformQuery(platform) };
    const detail = await inspect(id, query, signal, toImageDetail);
    const other = detail === null ? null : platformInstead(detail);
    // From engine 29.1.3 on an inspect may describe the host's platform although only another one was pulled:
    // nothing is said then, and has to be asked of one that is here.
    const better =
      other === null
        ? null
        : await inspect(id, { platform: platformQuery(other) }, signal, toImageDetail);
    if (detail === null || better === null)
      return detail === null ? null : redaction.detail(detail);
    const { layers, config, platform: own, created, author, comment } = better;
    return redaction.detail({ ...detail, layers, config, platform: own, created, author, comment });
  };
  return {
    inspectImage,
    imageHistory: (id, signal, platform) =>
      nullWhenGone(
        ask(signal, async ({ api }) => {
          const query: Query =
            platform !== undefined && api >= HISTORY_OF_PLATFORM
              ? { platform: platformQuery(platform) }
              : {};
          const call = toCall(api, signal, readJson, query);
          return redaction.history(
            toHistory((await docker(call).getImage(id).history()) as unknown),
          );
        }),
      ),
    imageNameOf: (containerId, signal) =>
      nullWhenGone(
        ask(signal, async ({ api }) => {
          // Of the whole answer, environment and all, nothing but this is kept.
          const read = async (...body: Parameters<typeof readObject>) =>
            asText(asObject((await readObject(...body))['Config'])['Image']);
          const call = toCall(api, signal, read, {});
          const name = await docker(call).getContainer(containerId).inspect();
          return name as unknown as string | null;
        }),
      ),
    readImage: async (reference, signal) => {
      await ask(signal, async (facts) => {
        if (canReadOneImage(facts)) return;
        throw new EngineError('ENGINE_INCOMPATIBLE', name, 'inspect gives no rows here');
      });
      const row = await inspect<ImageRow>(reference, null, signal, toRowOfInspect);
      return row === null ? null : redaction.row(row);
    },
  };
}

type Query = Readonly<Record<string, string>>;

function toCall<Result>(
  api: ApiVersion,
  signal: AbortSignal,
  read: Call<Result>['read'],
  query: Query,
): Call<Result> {
  return { api, headTimeoutMs: INSPECT_MS, signal, read, query };
}

function inspectVersion({ api, minApi }: EngineFacts): ApiVersion {
  return Math.max(Math.min(api, INSPECT_WITHOUT_SIGNATURES), minApi);
}

/** The platform of a manifest that is here, where an inspect says nothing of any. */
function platformInstead({ platform, layers, manifests }: ImageDetail): Platform | null {
  if (platform !== null || layers.length > 0) return null;
  const here = manifests?.find(({ available, kind }) => available && kind === 'IMAGE');
  return here?.platform ?? null;
}

/** A platform as inspect, history and attestations take it. */
export function platformQuery({ os, architecture, variant }: Platform): string {
  return JSON.stringify({ os, architecture, ...(variant === null ? {} : { variant }) });
}
