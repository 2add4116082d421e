import type { Context } from '../context.ts';
import { after } from '../eventual.ts';
import type { JoinedStep } from '../image-index/details/layer-history.ts';
import type { Detailed } from '../loaders/details.ts';
import { builder } from './builder.ts';
import { connectNewest } from './image-connection.ts';
import { forwardArgs } from './pagination.ts';

/** One layer in the image or manifest that it was asked of. */
export interface Layer {
  readonly of: Detailed;
  readonly diffId: string;
  /** Its place, counted from the base. */
  readonly at: number;
}

builder.objectType('Layer', {
  description:
    'A layer of an image, joined with the step of its history that made it. Engines do not say which step that is: it follows from their numbers, sizes and instructions.',
  fields: (t) => ({
    diffId: t.expose('diffId', {
      type: 'Digest',
      description:
        'Digest of the uncompressed layer. Engine field RootFS.Layers of docker inspect.',
    }),
    size: t.field({
      type: 'ByteSize',
      nullable: true,
      description:
        'Bytes of the layer from docker history: unpacked, or, on the embedded engine, as it is stored; null when the layer is not unpacked, or when it cannot be told which step made it.',
      resolve: async (layer, _args, context) => (await stepOf(layer, context))?.size ?? null,
    }),
    createdBy: t.string({
      nullable: true,
      description:
        'The instruction that made it, from docker history, without what looks like a secret; null when there is none or it cannot be told which.',
      resolve: async (layer, _args, context) =>
        (await stepOf(layer, context))?.step.createdBy ?? null,
    }),
    created: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was made, from docker history; null when that cannot be told.',
      resolve: async (layer, _args, context) =>
        (await stepOf(layer, context))?.step.created ?? null,
    }),
    images: t.field({
      type: 'ImageSummaryConnection',
      nullable: true,
      description:
        'Local images of the same engine that contain this layer on any platform that is here, newest first. The first such question inspects every image of the engine once. Null, with an error that says why, when the engine cannot be asked.',
      args: forwardArgs(t.arg),
      resolve: ({ of, diffId }, args, context) =>
        after(context.loaders.layers.get(imageOf(of).engine), (view) =>
          connectNewest(context, view.imagesOfLayer(diffId), args),
        ),
    }),
  }),
});

/** The layers of an image or manifest, base first; null when it is gone or the engine cannot say. */
export function layersOf(of: Detailed, { loaders, counted }: Context) {
  return after(loaders.detail(of), (detail) =>
    counted(detail?.layers.map((diffId, at) => ({ of, diffId, at })) ?? null),
  );
}

async function stepOf({ of, at }: Layer, { loaders }: Context): Promise<JoinedStep | null> {
  return (await loaders.history(of))?.find(({ layer }) => layer === at) ?? null;
}

function imageOf(of: Detailed) {
  return 'image' in of ? of.image : of;
}
