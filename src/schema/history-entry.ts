import type { Context } from '../context.ts';
import { after } from '../eventual.ts';
import type { JoinedStep } from '../image-index/details/layer-history.ts';
import type { Detailed } from '../loaders/details.ts';
import { builder } from './builder.ts';

/** One step in the history of the image or manifest that it was asked of. */
export interface HistoryEntry extends JoinedStep {
  readonly of: Detailed;
}

builder.objectType('HistoryEntry', {
  description:
    'A step of the build of an image, as docker history tells it, joined with its layer.',
  fields: (t) => ({
    created: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the step was taken; null when the image does not say.',
      resolve: ({ step }) => step.created,
    }),
    createdBy: t.string({
      nullable: true,
      description:
        'The instruction as the builder wrote it down, without what looks like a secret; null when there is none, as for an import.',
      resolve: ({ step }) => step.createdBy,
    }),
    redacted: t.boolean({
      description: 'createdBy is shortened or hidden because it looks like it holds a secret.',
      resolve: ({ step }) => step.isRedacted,
    }),
    comment: t.string({
      nullable: true,
      description: 'What the builder remarked, e.g. buildkit.dockerfile.v0; null when nothing.',
      resolve: ({ step }) => step.comment,
    }),
    size: t.field({
      type: 'ByteSize',
      nullable: true,
      description:
        'Bytes of the layer that the step made, unpacked; 0 for a step without a layer, null when the layer is not unpacked or it cannot be told whether there is one.',
      resolve: ({ size }) => size,
    }),
    isEmpty: t.boolean({
      nullable: true,
      description:
        'True for an instruction that adds no layer; null when neither sizes nor instructions nor the number of layers tell.',
      resolve: ({ isEmpty }) => isEmpty,
    }),
    layer: t.field({
      type: 'Layer',
      nullable: true,
      description: 'The layer that the step made; null for none, and when it cannot be told which.',
      resolve: ({ of, layer }, _args, { loaders, counted }) =>
        after(loaders.detail(of), (detail) => {
          const diffId = layer === null ? undefined : detail?.layers[layer];
          return counted(diffId === undefined ? null : { of, diffId, at: layer as number });
        }),
    }),
    image: t.field({
      type: 'ImageSummary',
      nullable: true,
      description:
        'The image that the step made, where the engine still has it: always for the newest step, and for those of the classic builder; null for all others.',
      resolve: ({ of, step }, _args, { counted }) => {
        const { view } = 'image' in of ? of.image : of;
        return counted(step.imageId === null ? null : view.image(step.imageId));
      },
    }),
  }),
});

/** What docker history says of an image or manifest, newest first; null when it is gone or the engine cannot say. */
export async function historyOf(
  of: Detailed,
  { loaders, counted }: Context,
): Promise<readonly HistoryEntry[] | null> {
  const steps = await loaders.history(of);
  return counted(steps?.map((joined) => ({ ...joined, of })) ?? null);
}
