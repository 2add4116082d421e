import type { Container } from '../image-index/container-view.ts';
import { builder } from './builder.ts';
import { encodeGlobalId } from './node.ts';
import { defineConnection } from './pagination.ts';

/** GraphQL enum EngineContainerState. */
export const EngineContainerState = builder.enumType('EngineContainerState', {
  description:
    "What a container does. Engine field State; Podman's own words are mapped to Docker's.",
  values: {
    CREATED: { description: 'It was created and never started.' },
    RUNNING: { description: 'It runs.' },
    PAUSED: { description: 'Its processes are suspended.' },
    RESTARTING: { description: 'It ended and is being started again.' },
    REMOVING: { description: 'It is being removed.' },
    EXITED: { description: 'Its process has ended.' },
    DEAD: { description: 'Its removal failed.' },
    STOPPED: { description: 'It was stopped and not cleaned up yet (Podman).' },
    UNKNOWN: { description: 'The engine used a word that is not known here.' },
  } as const,
});

builder.objectType('EngineContainer', {
  description: 'A container of an engine, as far as it tells which images are in use.',
  interfaces: ['Node'],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique over all types and engines.',
      resolve: ({ engine, row }) => encodeGlobalId('EngineContainer', engine, row.id),
    }),
    containerId: t.string({
      description: 'Engine field Id, 64 hex digits.',
      resolve: ({ row }) => row.id,
    }),
    name: t.string({
      description:
        'Engine field Names, without the slash; the short ID for a container without one.',
      resolve: ({ row }) => row.name,
    }),
    state: t.field({
      type: EngineContainerState,
      description: 'Engine field State.',
      resolve: ({ row }) => row.state,
    }),
    statusText: t.string({
      description: "Engine field Status: the engine's words, e.g. Up 3 hours.",
      // It ages without an event, so an index that is live asks for it when it is selected.
      resolve: (container, _args, { loaders, doNotCache }) => {
        doNotCache();
        return loaders.statusText(container);
      },
    }),
    created: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Engine field Created; null when the engine has no date.',
      resolve: ({ row }) => row.created,
    }),
    imageReference: t.string({
      description:
        'Engine field Image: the reference that it was started from, as typed, or the image ID once that reference names another image.',
      resolve: ({ row }) => row.imageReference,
    }),
    image: t.field({
      type: 'ImageSummary',
      nullable: true,
      description:
        'The image that it was created from (engine field ImageID); null when that is gone.',
      resolve: ({ image }, _args, { counted }) => counted(image),
    }),
    manifest: t.field({
      type: 'ImageManifestSummary',
      nullable: true,
      description:
        'The platform manifest that it runs (engine field ImageManifestDescriptor, API 1.48 on the containerd store); null elsewhere, or when it is gone.',
      resolve: (container) => manifestOf(container),
    }),
    engine: t.field({
      type: 'Engine',
      description: 'The engine that has it.',
      resolve: ({ engine }, _args, { engineOf }) => engineOf(engine),
    }),
  }),
});

defineConnection('EngineContainer', 'containers');

function manifestOf({ image, row }: Container) {
  return image?.manifests?.find((manifest) => manifest.row.digest === row.manifestDigest) ?? null;
}
