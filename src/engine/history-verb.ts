import type { Ask } from './asking.ts';
import type { DockerFor } from './docker-calls.ts';
import type { ApiVersion } from './engine-facts.ts';
import type { Engine } from './engine.ts';
import { toHistory } from './history-mapping.ts';
import { imageCall, platformQuery } from './image-call.ts';
import { nullWhenGone } from './null-when-gone.ts';
import { readJson } from './read-body.ts';
import type { Redaction } from './redaction.ts';

/** Before, the platform is ignored. */
const HISTORY_OF_PLATFORM: ApiVersion = 48;

/** GET /images/{name}/history. */
export function createHistoryVerb(
  docker: DockerFor,
  ask: Ask,
  redaction: Redaction,
): Pick<Engine, 'imageHistory'> {
  return {
    imageHistory: (id, signal, platform) =>
      nullWhenGone(
        ask(signal, async ({ api }) => {
          const isAsked = platform !== undefined && api >= HISTORY_OF_PLATFORM;
          const query = isAsked ? platformQuery(platform) : {};
          const call = imageCall(api, signal, readJson, query);
          const steps = (await docker(call).getImage(id).history()) as unknown;
          return redaction.history(toHistory(steps));
        }),
      ),
  };
}
