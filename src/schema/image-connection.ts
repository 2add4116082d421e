import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import type { Image } from '../image-index/image-view.ts';
import type { PageArgs } from '../keyset.ts';
import { BY_AGE, type PlacedImage } from '../loaders/image-ordering.ts';
import {
  type ImageQuestion,
  type ImageSelection,
  selectImages,
} from '../loaders/image-selection.ts';
import { builder } from './builder.ts';
import { connect, type Connection, defineConnection } from './pagination.ts';

/** What stands behind an ImageSummaryConnection. */
export interface ImageConnection extends Connection<Image> {
  /** In bytes. */
  readonly totalSize: () => number;
  readonly failures: ImageSelection['failures'];
}

defineConnection('ImageSummary', 'images');

builder.objectFields('ImageSummaryConnection', (t) => ({
  totalSize: t.field({
    type: 'ByteSize',
    description:
      'Sum of size over all matching images, not just this page. Layers that images share are counted for each.',
    resolve: ({ totalSize }) => totalSize(),
  }),
  unavailableEngines: t.field({
    type: ['Engine'],
    description:
      'Engines that were asked and could not answer; their images are missing here, and errors say why.',
    resolve: ({ failures }, _args, { engineOf, counted }) =>
      counted(failures.map(({ engine }) => engineOf(engine))),
  }),
}));

/** A list is added up once, however many parents and aliases ask for it. */
const totalSizes = new WeakMap<readonly unknown[], number>();

function totalSizeOf<Item>(list: readonly Item[], imageOf: (item: Item) => Image): number {
  const known = totalSizes.get(list);
  if (known !== undefined) return known;
  const sum = list.reduce((size, item) => size + imageOf(item).row.size, 0);
  totalSizes.set(list, sum);
  return sum;
}

/** One page of images as a view lists them, newest first. @throws PublicError */
export function connectNewest(
  context: Context,
  images: readonly Image[],
  args: PageArgs,
): ImageConnection {
  context.examineList(images);
  const page = connect(context, images, BY_AGE.keyOf, BY_AGE.ordering, args);
  return Object.assign(page, {
    totalSize: () => totalSizeOf(images, (image) => image),
    failures: [],
  });
}

/** One page of images that were found and ordered. @throws PublicError */
function connectSelection(
  context: Context,
  { images, ordering, failures }: ImageSelection,
  args: PageArgs,
): ImageConnection {
  const page = connect(context, images, ({ key }) => key, ordering, args);
  let placed: Map<Image, PlacedImage> | null = null;
  const { nodes, hasNextPage, hasPreviousPage, totalCount } = page;
  return {
    nodes: nodes.map(({ image }) => image),
    cursorOf(image) {
      placed ??= new Map(nodes.map((place) => [place.image, place]));
      return page.cursorOf(placed.get(image) as PlacedImage);
    },
    hasNextPage,
    hasPreviousPage,
    totalCount,
    totalSize: () => totalSizeOf(images, ({ image }) => image),
    failures,
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
  const field = info.fieldNodes[0] as FieldNode;
  const { selection, page } = await context.loaders.once(field, engines.join(), async () => {
    const question = questionOf();
    return { selection: await selectImages(context, engines, question), page: question.page };
  });
  context.reportFailures(selection.failures, engines.length, info);
  return connectSelection(context, selection, page);
}
