import type { Ask } from './asking.ts';
import type { DockerFor } from './docker-calls.ts';
import type { Engine } from './engine.ts';
import { imageCall } from './image-call.ts';
import { asObject, asText } from './json-values.ts';
import { nullWhenGone } from './null-when-gone.ts';
import { type BodyReader, readObject } from './read-body.ts';

/** GET /containers/{id}/json. */
export function createContainerVerb(docker: DockerFor, ask: Ask): Pick<Engine, 'imageNameOf'> {
  return {
    imageNameOf: (containerId, signal) =>
      nullWhenGone(
        ask(signal, async ({ api }) => {
          const call = imageCall(api, signal, readImageName);
          const name = await docker(call).getContainer(containerId).inspect();
          return name as unknown as string | null;
        }),
      ),
  };
}

/** Of the whole answer, environment and all, nothing but this is kept. */
const readImageName: BodyReader<string | null> = async (body, engine) =>
  asText(asObject((await readObject(body, engine))['Config'])['Image']);
