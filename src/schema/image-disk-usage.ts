import { isDangling } from '../image-index/image-names.ts';
import type { Image } from '../image-index/image-view.ts';
import { EXPENSIVE } from '../limits/expensive-field.ts';
import { builder } from './builder.ts';

/** The images of one engine, counted. */
export interface ImageDiskUsage {
  readonly engine: string;
  /** Without intermediate ones. */
  readonly images: readonly Image[];
  readonly activeCount: number;
}

builder.objectType('ImageDiskUsage', {
  description: 'What docker system df says of images.',
  fields: (t) => ({
    totalCount: t.int({
      description: 'Images, without those that only others are built on.',
      resolve: ({ images }) => images.length,
    }),
    activeCount: t.int({
      description: 'Images that a container uses, of any state.',
      resolve: ({ activeCount }) => activeCount,
    }),
    danglingCount: t.int({
      description: 'Images without any name (isDangling).',
      resolve: ({ images }) => images.filter(isDangling).length,
    }),
    totalSize: t.field({
      type: 'ByteSize',
      nullable: true,
      description:
        'Bytes of all images together, each layer once: engine field LayersSize of GET /system/df. Null where the engine does not say (the embedded engine, API below 1.25).',
      resolve: async ({ engine }, _args, { loaders }) =>
        (await loaders.diskUsage.load(engine)).totalSize,
    }),
    reclaimableSize: t.field({
      type: 'ByteSize',
      nullable: true,
      description:
        'Bytes that no container needs, computed as docker system df does: totalSize without what images in use have for themselves. Null where totalSize is.',
      resolve: async ({ engine }, _args, { loaders }) =>
        (await loaders.diskUsage.load(engine)).reclaimableSize,
    }),
    danglingSize: t.field({
      type: 'ByteSize',
      nullable: true,
      description:
        'Bytes that dangling images have for themselves, the sum of their uniqueSize; null where the engine cannot compute it (Podman).',
      resolve: async ({ images }, _args, { loaders }) => {
        const dangling = images.filter(isDangling);
        const shared = await Promise.all(dangling.map((image) => loaders.sharedSize(image)));
        if (shared.includes(null)) return null;
        return dangling.reduce(
          (sum, { row }, at) => sum + Math.max(0, row.size - (shared[at] ?? 0)),
          0,
        );
      },
    }),
  }),
});

builder.objectFields('Engine', (t) => ({
  imageDiskUsage: t.field({
    type: 'ImageDiskUsage',
    nullable: true,
    extensions: EXPENSIVE,
    description:
      'What docker system df says of images. Sizes cost the engine one call that takes as long as a list, or longer; counts cost none. Null, with an error that says why, when the engine cannot be asked.',
    resolve: async ({ name }, _args, { loaders, doNotCache }) => {
      // Sizes change as images are unpacked, of which no event tells.
      doNotCache();
      const [view, containers] = await Promise.all([
        loaders.images.load(name),
        loaders.containers.load(name),
      ]);
      const rows = view.rows.filter((row) => !view.isIntermediate(row));
      const images = rows.map(({ id }) => view.image(id)).filter((image) => image !== null);
      const active = images.filter((image) => containers.usersOf(image).length > 0);
      return { engine: name, images, activeCount: active.length };
    },
  }),
}));
