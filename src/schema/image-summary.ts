import { after } from '../eventual.ts';
import { isDangling } from '../image-index/image-names.ts';
import { preferredPlatform } from '../image-index/image-platforms.ts';
import { builder } from './builder.ts';
import { askForContainers } from './container-connection.ts';
import { connectNewest } from './image-connection.ts';
import { derivedImagesOf } from './image-summary-details.ts';
import { EngineContainerState } from './engine-container.ts';
import { encodeGlobalId } from './node.ts';
import { forwardArgs } from './pagination.ts';

builder.objectType('ImageSummary', {
  description: "The Engine API's ImageSummary: one image of one engine.",
  interfaces: ['Node'],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique over all types and engines.',
      resolve: ({ engine, row }) => encodeGlobalId('ImageSummary', engine, row.id),
    }),
    imageId: t.field({
      type: 'Digest',
      description:
        'Engine field Id. On a graph driver and Podman the digest of the configuration, on the containerd store that of the index or manifest; of an OCI image layout that of the index or manifest, of an archive of docker save that of the configuration.',
      resolve: ({ row }) => row.id,
    }),
    content: t.field({
      type: 'ImageContent',
      description: 'What has this image ID on every engine, and to other subgraphs.',
      resolve: ({ row }, _args, { counted }) => counted({ digest: row.id }),
    }),
    shortId: t.string({
      description: 'Engine field Id, first 12 hex digits.',
      resolve: ({ row }) => row.id.slice(row.id.indexOf(':') + 1).slice(0, 12),
    }),
    engine: t.field({
      type: 'Engine',
      description: 'The engine that holds it.',
      resolve: ({ engine }, _args, { engineOf }) => engineOf(engine),
    }),
    created: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Engine field Created: when it was built, which reproducible builds set to a fixed date such as 1970; null when the engine has no date.',
      resolve: ({ row }) => row.created,
    }),
    labels: t.field({
      type: ['ImageLabel'],
      description: 'Engine field Labels, sorted by key.',
      resolve: ({ row }, _args, { counted }) => counted(row.labels),
    }),
    label: t.string({
      nullable: true,
      description: 'The value of one label; null when absent or redacted.',
      args: { key: t.arg.string({ required: true, description: 'The whole key of the label.' }) },
      resolve: ({ row }, { key }) => row.labels.find((label) => label.key === key)?.value ?? null,
    }),
    descriptor: t.field({
      type: 'OciDescriptor',
      nullable: true,
      description:
        'Engine field Descriptor: of the index or manifest that the image is; null where the engine gives none (graph drivers, Podman, API below 1.48).',
      resolve: ({ row }) => row.descriptor,
    }),
    isDangling: t.boolean({
      description:
        'No tag and no digest reference with a repository: what docker calls dangling, minus what was pulled by digest.',
      resolve: (image) => isDangling(image),
    }),
    oci: t.field({
      type: 'OciAnnotations',
      description: 'What the image says of itself in org.opencontainers.image.* labels.',
      resolve: ({ row }) =>
        new Map(row.labels.flatMap(({ key, value }) => (value === null ? [] : [[key, value]]))),
    }),
  }),
});

builder.objectFields('ImageSummary', (t) => ({
  repoTags: t.field({
    type: ['RepoTag'],
    description: 'Engine field RepoTags, in alphabetical order; empty for an untagged image.',
    resolve: ({ tags }, _args, { counted }) => counted(tags),
  }),
  repoDigests: t.field({
    type: ['RepoDigest'],
    description:
      'Engine field RepoDigests, one for each repository and digest. On the containerd store every name has one, whether or not it was ever in a registry.',
    resolve: ({ digests }, _args, { counted }) => counted(digests),
  }),
  manifests: t.field({
    type: ['ImageManifestSummary'],
    nullable: true,
    description:
      'Engine field Manifests; null where the engine keeps none (graph drivers, Podman, API below 1.47).',
    resolve: ({ manifests }, _args, { counted }) => counted(manifests),
  }),
  platform: t.field({
    type: 'ImagePlatform',
    nullable: true,
    description:
      "The platform of the image: of the available manifest that fits the engine's own platform, else of the first available one. Where the engine keeps no manifests an inspect tells it, once for each image. Null when nothing tells.",
    resolve: (image, _args, { engineOf, loaders }) =>
      image.manifests === null
        ? after(loaders.detail(image), (detail) => detail?.platform ?? null)
        : engineOf(image.engine)
            .facts()
            .then((facts) => preferredPlatform(image, facts)),
  }),
  platforms: t.field({
    type: ['ImagePlatform'],
    nullable: true,
    description:
      'Every platform that is available locally, from the manifests, or by an inspect where the engine keeps none; null when nothing tells.',
    resolve: (image, _args, { counted, loaders }) =>
      image.platforms === null
        ? after(
            loaders.detail(image),
            (detail) => detail && [detail.platform].flatMap((p) => p ?? []),
          )
        : counted(image.platforms),
  }),
}));

builder.objectFields('ImageSummary', (t) => ({
  parentId: t.field({
    type: 'Digest',
    nullable: true,
    description:
      'Engine field ParentId: the image that the classic builder or docker commit started from; null where the engine says empty, as for pulled images and those that BuildKit built.',
    resolve: ({ row }) => row.parentId,
  }),
  parent: t.field({
    type: 'ImageSummary',
    nullable: true,
    description:
      'The image that parentId names, intermediate ones included; null when there is none or it is gone.',
    resolve: ({ view, row }, _args, { counted }) =>
      counted(row.parentId === null ? null : view.image(row.parentId)),
  }),
  ancestors: t.field({
    type: ['ImageSummary'],
    description: 'From parent to root.',
    resolve: (image, _args, { counted }) => counted(image.view.ancestors(image)),
  }),
  children: t.field({
    type: 'ImageSummaryConnection',
    description: 'Images whose parentId is this image, intermediate ones included, newest first.',
    args: forwardArgs(t.arg),
    resolve: ({ view, row }, args, context) => connectNewest(context, view.children(row.id), args),
  }),
}));

builder.objectFields('ImageSummary', (t) => ({
  size: t.field({
    type: 'ByteSize',
    description:
      'Engine field Size: bytes of all layers; on the containerd store of all local content, compressed and unpacked, of all platforms; on the embedded engine of what is stored.',
    resolve: ({ row }) => row.size,
  }),
  sharedSize: t.field({
    type: 'ByteSize',
    nullable: true,
    description:
      'Engine field SharedSize: bytes of layers that other images use too, intermediate ones included. One more engine call for all images; null where the engine cannot compute it (Podman, API below 1.25, and intermediate images on API below 1.42).',
    resolve: (image, _args, { loaders }) => loaders.sharedSize(image),
  }),
  uniqueSize: t.field({
    type: 'ByteSize',
    nullable: true,
    description: 'size - sharedSize: bytes that only this image uses; null where sharedSize is.',
    resolve: async (image, _args, { loaders }) => {
      const sharedSize = await loaders.sharedSize(image);
      return sharedSize === null ? null : Math.max(0, image.row.size - sharedSize);
    },
  }),
  virtualSize: t.field({
    type: 'ByteSize',
    nullable: true,
    description: 'Engine field VirtualSize, which was always the same as Size. Never null.',
    deprecationReason: 'The engine dropped it in API 1.44. Use size.',
    resolve: ({ row }) => row.size,
  }),
}));

builder.objectFields('ImageSummary', (t) => ({
  containers: t.int({
    nullable: true,
    description:
      'Engine field Containers: containers of any state that use the image, always usedBy.totalCount; null when it cannot be known, never -1.',
    resolve: (image, _args, { loaders }) =>
      after(loaders.containers.get(image.engine), (view) => view.usersOf(image).length),
  }),
  inUse: t.boolean({
    nullable: true,
    description: 'Whether any container, of any state, uses it; null when it cannot be known.',
    resolve: (image, _args, { loaders }) =>
      after(loaders.containers.get(image.engine), (view) => view.usersOf(image).length > 0),
  }),
  usedBy: t.field({
    type: 'EngineContainerConnection',
    nullable: true,
    description:
      'Containers created from this image, newest first; null when they cannot be known.',
    args: {
      ...forwardArgs(t.arg),
      states: t.arg({
        type: [EngineContainerState],
        description: 'Only containers in one of these states; all when left out.',
      }),
      includeDerived: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Also those of derivedImages.',
      }),
    },
    resolve: async (image, args, context) => {
      const { states, includeDerived } = args;
      const layers = includeDerived ? await context.loaders.layers.load(image.engine) : null;
      const derived = layers === null ? [] : derivedImagesOf(image, layers, context);
      context.examine(derived.length);
      return askForContainers(context, image.engine, args, (view) => {
        const users = [image, ...derived].flatMap((one) => view.usersOf(one));
        return users.filter(({ row }) => states?.includes(row.state) ?? true);
      });
    },
  }),
}));
