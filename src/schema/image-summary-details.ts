import type { Context } from '../context.ts';
import { after } from '../eventual.ts';
import type { LayerView } from '../image-index/details/layer-view.ts';
import type { Image } from '../image-index/image-view.ts';
import { builder } from './builder.ts';
import { historyOf } from './history-entry.ts';
import { connectNewest } from './image-connection.ts';
import { layersOf } from './layer.ts';
import { forwardArgs } from './pagination.ts';

/** Of what an inspect tells. */
const ONCE =
  'Asked of the engine once for each image, by an inspect; null when the image is gone, or nothing of it is here.';

builder.objectFields('ImageSummary', (t) => ({
  config: t.field({
    type: 'ImageConfig',
    nullable: true,
    description: `How containers of the image are started, on the platform that the engine prefers. ${ONCE}`,
    resolve: (image, _args, { loaders }) =>
      after(loaders.detail(image), (detail) => detail?.config ?? null),
  }),
  author: t.string({
    nullable: true,
    description: `Engine field Author of docker inspect; null also when it is empty. ${ONCE}`,
    resolve: (image, _args, { loaders }) =>
      after(loaders.detail(image), (detail) => detail?.author ?? null),
  }),
  comment: t.string({
    nullable: true,
    description: `Engine field Comment of docker inspect: what the builder or docker commit remarked; null also when it is empty. ${ONCE}`,
    resolve: (image, _args, { loaders }) =>
      after(loaders.detail(image), (detail) => detail?.comment ?? null),
  }),
  lastTagged: t.field({
    type: 'DateTime',
    nullable: true,
    description:
      'Engine field Metadata.LastTagTime of docker inspect: when a name was last given to the image here, on the containerd store also when it was last pulled or its record changed; null when never, and on Podman. It changes without the image changing, so it costs an inspect in every operation.',
    resolve: async (image, _args, { loaders, doNotCache }) => {
      doNotCache();
      return (await loaders.detailNow(image))?.lastTagged ?? null;
    },
  }),
  layers: t.field({
    type: ['Layer'],
    nullable: true,
    description: `Base layer first. Engine field RootFS.Layers of docker inspect. ${ONCE}`,
    resolve: (image, _args, context) => layersOf(image, context),
  }),
  history: t.field({
    type: ['HistoryEntry'],
    nullable: true,
    description:
      'Newest entry first, as docker history. Asked of the engine once for each image; null when the image is gone, or nothing of it is here.',
    resolve: (image, _args, context) => historyOf(image, context),
  }),
}));

/** To find and order the images that are built on one takes so many times as long as to look at them. */
const DERIVING = 16;

/** Images that are built on one, newest first. @throws PublicError QUERY_TOO_COMPLEX */
export function derivedImagesOf(
  image: Image,
  view: LayerView,
  { examine, examineList }: Context,
): readonly Image[] {
  // Thousands of fields may wait for the layers: those that come after one that was too much find nothing.
  examine(1);
  const derived = view.derivedImages(image);
  examineList(derived, DERIVING);
  return derived;
}

/** Of what follows from the layers of all images. */
const OF_ALL =
  'The first such question inspects every image of the engine once. Null, with an error that says why, when the engine cannot be asked.';

builder.objectFields('ImageSummary', (t) => ({
  baseImages: t.field({
    type: ['ImageSummary'],
    nullable: true,
    description: `Local images whose layers are a proper prefix of this one's on any platform that is here, nearest first; an image without layers is no base. Right for pulled images and those that BuildKit built, of which parentId knows nothing. ${OF_ALL}`,
    resolve: (image, _args, { loaders, examine, counted }) =>
      after(loaders.layers.get(image.engine), (view) => {
        examine(1);
        return counted(view.baseImages(image));
      }),
  }),
  derivedImages: t.field({
    type: 'ImageSummaryConnection',
    nullable: true,
    description: `The inverse of baseImages: local images that are built on this one, newest first. ${OF_ALL}`,
    args: forwardArgs(t.arg),
    resolve: (image, args, context) =>
      after(context.loaders.layers.get(image.engine), (view) =>
        connectNewest(context, derivedImagesOf(image, view, context), args),
      ),
  }),
}));
