import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import type { Image } from '../image-index/image-view.ts';
import { type PageArgs, pageOf } from '../keyset.ts';
import {
  type ImageQuestion,
  type ImageSelection,
  newestFirst,
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
    resolve: ({ selection }) => totalSizeOf(selection),
  }),
  unavailableEngines: t.field({
    type: ['Engine'],
    description:
      'Engines that were asked and could not answer; their images are missing here, and errors say why.',
    resolve: ({ selection }, _args, { engineOf, counted }) =>
      counted(selection.failures.map(({ engine }) => engineOf(engine))),
  }),
}));

/** A selection is added up once, however many parents and aliases ask for it. */
const totalSizes = new WeakMap<ImageSelection, number>();

function totalSizeOf(selection: ImageSelection): number {
  const known = totalSizes.get(selection);
  if (known !== undefined) return known;
  const sum = selection.images.reduce((size, { image }) => size + image.row.size, 0);
  totalSizes.set(selection, sum);
  return sum;
}

/** One page of images in the order of creation, which no client orders. @throws PublicError */
export function connectNewest(
  context: Context,
  images: readonly Image[],
  args: PageArgs,
): ImageConnection {
  context.examineList(images);
  return connectImages(context, newestFirst(images), args);
}

/** One page of images that were found and ordered. @throws PublicError */
function connectImages(
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
 * @param questionOf reads the arguments of the field, once for all its parents
 */
export async function askForImages(
  context: Context,
  engines: readonly string[],
  questionOf: () => ImageQuestion,
  info: GraphQLResolveInfo,
): Promise<ImageConnection> {
  context.examine(1);
  const field = info.fieldNodes[0] as FieldNode;
  const { selection, page } = await context.loaders.once(field, engines.join(), async () => {
    const question = questionOf();
    return { selection: await selectImages(context, engines, question), page: question.page };
  });
  context.reportFailures(selection.failures, engines.length, info);
  return connectImages(context, selection, page);
}
