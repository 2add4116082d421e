import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import type { Image } from '../image-index/image-view.ts';
import { type PageArgs, pageOf } from '../keyset.ts';
import {
  type ImageQuestion,
  type ImageSelection,
  type PlacedImage,
  selectImages,
} from '../loaders/image-selection.ts';
import { builder } from './builder.ts';
import { type Connection, defineConnection } from './pagination.ts';

/** What stands behind an ImageSummaryConnection. */
export interface ImageConnection extends Connection<Image> {
  readonly selection: ImageSelection;
}

defineConnection('ImageSummary', 'images');

builder.objectFields('ImageSummaryConnection', (t) => ({
  totalSize: t.field({
    type: 'ByteSize',
    description:
      'Sum of size over all matching images, not just this page. Layers that images share are counted for each.',
    resolve: ({ selection }) =>
      selection.images.reduce((sum, { image }) => sum + image.row.size, 0),
  }),
  unavailableEngines: t.field({
    type: ['Engine'],
    description:
      'Engines that were asked and could not answer; their images are missing here, and errors say why.',
    resolve: ({ selection }, _args, { engineOf, counted }) =>
      counted(selection.failures.map(({ engine }) => engineOf(engine))),
  }),
}));

/** One page of images that were found and ordered. @throws PublicError */
export function connectImages(
  context: Context,
  selection: ImageSelection,
  args: PageArgs,
): ImageConnection {
  const page = pageOf(selection.images, ({ key }) => key, selection.ordering, args, context.limits);
  context.spend(page.nodes.length);
  let placed: Map<Image, PlacedImage> | null = null;
  const { hasNextPage, hasPreviousPage } = page;
  return {
    hasNextPage,
    hasPreviousPage,
    nodes: page.nodes.map(({ image }) => image),
    cursorOf(image) {
      placed ??= new Map(page.nodes.map((place) => [place.image, place]));
      return page.cursorOf(placed.get(image) as PlacedImage);
    },
    totalCount: selection.images.length,
    selection,
  };
}

/**
 * Asks engines for images. What some could not give is named beside the rest; when none could answer, the
 * field fails with the first engine's error.
 */
export async function askForImages(
  context: Context,
  question: ImageQuestion,
  info: GraphQLResolveInfo,
): Promise<ImageConnection> {
  const selection = await selectImages(context.loaders, question, context.limits);
  context.reportFailures(selection.failures, question.engines.length, info);
  return connectImages(context, selection, question.page);
}
