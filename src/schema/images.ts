import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import { type ParsedReference, parseReference } from '../engine/reference.ts';
import { PublicError } from '../errors.ts';
import { conditionsIn } from '../image-index/image-filter.ts';
import type { Image } from '../image-index/image-view.ts';
import { beyond } from '../limits/limits.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { namedEngines } from './engine.ts';
import { askForImages, type ImageConnection } from './image-connection.ts';
import { ImageFilter, toImageFilter } from './image-filter.ts';
import { ImageOrder, toImageOrders } from './image-order.ts';
import { pageArgs } from './pagination.ts';
import type { ArgBuilder, InputShapeFromFields } from '@pothos/core';

const imageArgs = (arg: ArgBuilder<SchemaTypes>) => ({
  ...pageArgs(arg),
  filter: arg({ type: ImageFilter, description: 'Only images that match; all when left out.' }),
  orderBy: arg({
    type: [ImageOrder],
    description: 'Newest first when left out.',
  }),
  all: arg.boolean({
    required: true,
    defaultValue: false,
    description: 'Also the untagged images that others are built on (docker image ls --all).',
  }),
});

type ImageArgs = InputShapeFromFields<ReturnType<typeof imageArgs>>;

/** A condition that is written in the document is read for each parent, which takes so many times as long as to look at an image. */
const READING = 40;

function ask(
  context: Context,
  engines: readonly string[],
  args: ImageArgs,
  info: GraphQLResolveInfo,
): Promise<ImageConnection> {
  context.examine(args.filter == null ? 1 : conditionsIn(args.filter) * READING);
  return askForImages(context, engines, () => toQuestion(args), info);
}

function toQuestion({ filter, orderBy, all, ...page }: ImageArgs) {
  return {
    filter: filter == null ? null : toImageFilter(filter),
    orderBy: toImageOrders(orderBy),
    all,
    page,
  };
}

builder.queryFields((t) => ({
  images: t.field({
    type: 'ImageSummaryConnection',
    nullable: true,
    description:
      'The images of every engine, or of those named; newest first unless ordered otherwise, ties by imageId and engine, nulls last. all also lists the untagged images that others are built on.',
    args: {
      ...imageArgs(t.arg),
      engines: t.arg.stringList({
        description:
          'Engines by configured name: all when left out, none when empty; ENGINE_UNKNOWN when one is not configured.',
      }),
    },
    resolve: (_, { engines, ...args }, context, info) => {
      const asked = namedEngines(context.indexes, engines);
      return ask(context, asked, args, info);
    },
  }),
  image: t.field({
    type: 'ImageSummary',
    nullable: true,
    description:
      'The image that a reference names, as the engine resolves it (a name before an ID prefix), or null. Without an engine name, the first engine that has it.',
    args: {
      reference: t.arg({
        type: 'ImageReference',
        required: true,
        description: 'E.g. alpine:3, an image ID, or the beginning of one.',
      }),
      engine: t.arg.string({
        description:
          'An engine by its configured name; ENGINE_UNKNOWN when there is none of that name.',
      }),
    },
    resolve: (_, { reference, engine }, context, info) => {
      const asked = namedEngines(context.indexes, engine);
      return findImage(context, asked, reference, info);
    },
  }),
  imagesByReference: t.field({
    type: ['ImageSummary'],
    nullable: { list: true, items: true },
    description:
      'Up to 100 images at once, unless the server is set otherwise; in the order asked, null where there is none.',
    args: {
      references: t.arg({
        type: ['ImageReference'],
        required: true,
        description: 'As in image.',
      }),
      engine: t.arg.string({
        description:
          'An engine by its configured name; ENGINE_UNKNOWN when there is none of that name.',
      }),
    },
    resolve: (_, { references, engine }, context, info) => {
      if (references.length > context.limits.references) throw beyond('references', context.limits);
      const asked = namedEngines(context.indexes, engine);
      // Each slot settles for itself.
      return context.counted(references).map((one) => findImage(context, asked, one, info));
    },
  }),
}));

builder.objectFields('Engine', (t) => ({
  image: t.field({
    type: 'ImageSummary',
    nullable: true,
    description: 'The image that a reference names on this engine, or null.',
    args: {
      reference: t.arg({
        type: 'ImageReference',
        required: true,
        description: 'E.g. alpine:3, an image ID, or the beginning of one.',
      }),
    },
    resolve: ({ name }, { reference }, context) => {
      context.spend(1);
      return lookUp(context, name, reference);
    },
  }),
  images: t.field({
    type: 'ImageSummaryConnection',
    nullable: true,
    description:
      'The images of this engine; newest first unless ordered otherwise. Null, with an error that says why, when the engine cannot be asked.',
    args: imageArgs(t.arg),
    resolve: ({ name }, args, context, info) => ask(context, [name], args, info),
  }),
}));

function findImage(
  context: Context,
  engines: readonly string[],
  reference: string,
  info: GraphQLResolveInfo,
): Promise<Image | null> {
  return context.find(engines, info, (engine) => lookUp(context, engine, reference));
}

/** @throws PublicError INVALID_REFERENCE when an ID prefix fits several images */
async function lookUp(
  { loaders }: Context,
  engine: string,
  reference: string,
): Promise<Image | null> {
  const view = await loaders.images.load(engine);
  // The scalar has checked the grammar.
  const resolution = view.references().resolve(parseReference(reference) as ParsedReference);
  if (resolution.found === null && resolution.ambiguous) {
    throw new PublicError(
      'INVALID_REFERENCE',
      'Several images begin with this ID. Give more digits.',
    );
  }
  return resolution.found;
}
