import type { Context } from '../context.ts';
import type { IndexState } from '../image-index/image-index.ts';
import { builder } from './builder.ts';

const ImageIndexMode = builder.enumType('ImageIndexMode', {
  description: 'How the images of an engine are known.',
  values: {
    OFF: {
      description:
        'Each operation reads the engine: the index was turned off, the engine gives no events, or it holds more than an index may.',
    },
    SYNCING: {
      description: 'The first full read, or one after events were missed, has not ended yet.',
    },
    LIVE: { description: "The engine's events are followed." },
    DEGRADED: {
      description:
        'Events are followed, but full reads keep finding what none of them told; they are made every 30 s.',
    },
  } as const,
});

builder.objectType('ImageIndexState', {
  description: 'How the index of one engine is doing. Nothing is asked of the engine for it.',
  fields: (t) => ({
    mode: t.field({
      type: ImageIndexMode,
      description: 'How the images are known now.',
      resolve: ({ mode }) => mode,
    }),
    images: t.int({
      nullable: true,
      description: 'Images in memory, intermediate ones too; null while there are none to serve.',
      resolve: ({ images }) => images,
    }),
    containers: t.int({
      nullable: true,
      description: 'Containers in memory, of any state; null while there are none to serve.',
      resolve: ({ containers }) => containers,
    }),
    lastEvent: t.field({
      type: 'DateTime',
      nullable: true,
      description: "When the last event happened, by the engine's clock; null before the first.",
      resolve: ({ lastEventAt }) => toSeconds(lastEventAt),
    }),
    lastFullRead: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last full read, a list of all images, ended; null before the first.',
      resolve: ({ lastFullReadAt }) => toSeconds(lastFullReadAt),
    }),
    age: t.float({
      nullable: true,
      description: 'Seconds since the last full read; null before the first.',
      resolve: ({ lastFullReadAt }) =>
        lastFullReadAt === null ? null : Math.max(0, Date.now() - lastFullReadAt) / 1000,
    }),
    fullReads: t.int({
      description: 'Lists of all images so far.',
      resolve: ({ fullReads }) => toInt(fullReads),
    }),
    targetedReads: t.int({
      description: 'Images and containers so far that were read by themselves after an event.',
      resolve: ({ targetedReads }) => toInt(targetedReads),
    }),
    readsSaved: t.int({
      description: 'Operations so far that were answered from memory instead of by a list.',
      resolve: ({ readsSaved }) => toInt(readsSaved),
    }),
    generation: t.int({
      description: 'Grows by one with each change that became visible.',
      resolve: ({ generation }) => toInt(generation),
    }),
  }),
});

builder.objectFields('Engine', (t) => ({
  index: t.field({
    type: 'ImageIndexState',
    description: 'How its images are known, and how well.',
    resolve: ({ name }, _args, context) => stateOf(context, name),
  }),
  lastSynced: t.field({
    type: 'DateTime',
    nullable: true,
    description:
      'When the image index last agreed with a full read; null without an index, or before its first.',
    resolve: ({ name }, _args, context) => toSeconds(stateOf(context, name).lastFullReadAt),
  }),
}));

/** It changes with every question that is asked, so no answer that holds it is given again. */
function stateOf({ indexes, doNotCache }: Context, engine: string): IndexState {
  doNotCache();
  return (indexes.get(engine) as { state(): IndexState }).state();
}

/** One that is more than an Int holds would cost the whole answer. */
function toInt(count: number): number {
  return Math.min(count, 2 ** 31 - 1);
}

function toSeconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / 1000;
}
