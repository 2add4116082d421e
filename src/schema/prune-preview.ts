import { type PrunePreview, previewPrune, reclaimableSize } from '../loaders/prune-plan.ts';
import type { TagReference } from '../image-index/image-view.ts';
import { ASCENDING_TEXT, compareKeys, type Key, type Ordering } from '../keyset.ts';
import { PublicError } from '../errors.ts';
import { EXPENSIVE } from '../limits/expensive-field.ts';
import { builder } from './builder.ts';
import { namedEngines } from './engine.ts';
import { connectNewest } from './image-connection.ts';
import { ImageLabelFilter } from './image-filter.ts';
import { connect, forwardArgs } from './pagination.ts';

/** A name belongs to one image of an engine, so it is a key by itself. */
const BY_REFERENCE: Ordering = { name: 'pruned tags', parts: [ASCENDING_TEXT] };
const keyOf = ({ reference }: TagReference): Key => [reference];
const byReference = (a: TagReference, b: TagReference) =>
  compareKeys(keyOf(a), keyOf(b), BY_REFERENCE);

/** The most labels in one question. */
const MAX_LABELS = 100;

builder.objectType('PrunePreview', {
  description:
    'What docker image prune would do on one engine, by the rule of its store. Nothing is done. Tested against what each engine really does.',
  fields: (t) => ({
    engine: t.field({
      type: 'Engine',
      description: 'The engine that was looked at.',
      resolve: ({ engine }, _args, { engineOf }) => engineOf(engine),
    }),
    images: t.field({
      type: 'ImageSummaryConnection',
      description: 'Images that would be removed whole, intermediate ones included, newest first.',
      args: forwardArgs(t.arg),
      resolve: ({ removed }, args, context) => connectNewest(context, removed, args),
    }),
    untagged: t.field({
      type: 'RepoTagConnection',
      description:
        'Tags that would go from images that stay, because containers use these by another name, or, on graph drivers, because other images are built on them.',
      args: forwardArgs(t.arg),
      resolve: ({ untagged }, args, context) =>
        connect(context, untagged.toSorted(byReference), keyOf, BY_REFERENCE, args),
    }),
    reclaimableSize: t.field({
      type: 'ByteSize',
      nullable: true,
      description:
        'Bytes that the engine would report as reclaimed: on graph drivers of layers, on the containerd store of compressed content. Null where that cannot be foreseen: when there is a build cache, which may hold the same layers; on the containerd store when an image shares layers, whose compressed sizes it does not tell; and on Podman, which counts images several times.',
      resolve: async (preview, _args, { loaders, doNotCache }) => {
        doNotCache();
        return reclaimableSize(loaders, preview);
      },
    }),
  }),
});

builder.queryFields((t) => ({
  prunePreview: t.field({
    type: 'PrunePreview',
    nullable: true,
    extensions: EXPENSIVE,
    description:
      'What docker image prune would untag, remove and free on one engine (the first, when none is named), without doing it. An error UNSUPPORTED_BY_ENGINE where its rule cannot be foreseen: until on the containerd store, which compares it with a time that it tells nobody, and the embedded engine, where nothing is ever pruned. Null with each error.',
    args: {
      danglingOnly: t.arg.boolean({
        required: true,
        defaultValue: true,
        description: 'Only what docker calls dangling; false for docker image prune --all.',
      }),
      until: t.arg({
        type: 'DateTime',
        description: 'Only images created then or before, as --filter until.',
      }),
      labels: t.arg({
        type: [ImageLabelFilter],
        description:
          'Only images with all of these labels, as --filter label. A value that is withheld matches no value.',
      }),
      engine: t.arg.string({
        description:
          'An engine by its configured name; ENGINE_UNKNOWN when there is none of that name.',
      }),
    },
    resolve: async (_, { engine, danglingOnly, until, labels }, context): Promise<PrunePreview> => {
      const [first = ''] = namedEngines(context.indexes, engine);
      const options = { danglingOnly, until: until ?? null, labels: toLabels(labels ?? []) };
      return previewPrune(context, context.engineOf(first), options);
    },
  }),
}));

/** @throws PublicError BAD_USER_INPUT */
function toLabels(labels: readonly (typeof ImageLabelFilter.$inferInput)[]) {
  if (labels.length > MAX_LABELS) {
    throw new PublicError('BAD_USER_INPUT', 'Give 100 labels at most.');
  }
  return labels.map(({ key, value }) => ({ key, value: value ?? null }));
}
