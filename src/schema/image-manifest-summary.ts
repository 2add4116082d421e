import { after } from '../eventual.ts';
import { builder } from './builder.ts';
import { askForContainers } from './container-connection.ts';
import { historyOf } from './history-entry.ts';
import { layersOf } from './layer.ts';
import { encodeGlobalId } from './node.ts';
import { forwardArgs } from './pagination.ts';

/** Of what is asked by an inspect or history with a platform. */
const WHEN_NULL =
  'Asked of the engine once; null for attestations, for platforms that are not here, for one of two manifests of the same platform, and, unless it is the only one here, on API below 1.49.';

const ImageManifestKind = builder.enumType('ImageManifestKind', {
  description: 'What a manifest is. Engine field Manifests[].Kind.',
  values: {
    IMAGE: { description: 'An image for one platform.' },
    ATTESTATION: {
      description: 'A statement about another manifest, e.g. its provenance or SBOM.',
    },
    UNKNOWN: { description: 'Neither, or the engine cannot tell.' },
  } as const,
});

builder.objectType('ImageManifestSummary', {
  description:
    "The Engine API's ImageManifestSummary: one manifest of an image (containerd store from API 1.47, OCI layouts).",
  interfaces: ['Node'],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique over all types and engines.',
      resolve: ({ image, row }) =>
        encodeGlobalId('ImageManifestSummary', image.engine, `${image.row.id}/${row.digest}`),
    }),
    digest: t.field({
      type: 'Digest',
      description: 'Engine field ID.',
      resolve: ({ row }) => row.digest,
    }),
    content: t.field({
      type: 'ImageContent',
      description: 'What has this digest on every engine, and to other subgraphs.',
      resolve: ({ row }, _args, { counted }) => counted({ digest: row.digest }),
    }),
    descriptor: t.field({
      type: 'OciDescriptor',
      description: 'Engine field Descriptor: how the index refers to this manifest.',
      resolve: ({ row }) => row.descriptor,
    }),
    available: t.boolean({
      description:
        'Engine field Available: all of its blobs are in the local store. False for platforms that were not pulled.',
      resolve: ({ row }) => row.available,
    }),
    kind: t.field({
      type: ImageManifestKind,
      description: 'Engine field Kind.',
      resolve: ({ row }) => row.kind,
    }),
    contentSize: t.field({
      type: 'ByteSize',
      description:
        'Engine field Size.Content: bytes of its blobs that are in the local store, compressed as they came.',
      resolve: ({ row }) => row.contentSize,
    }),
    totalSize: t.field({
      type: 'ByteSize',
      description: 'Engine field Size.Total: bytes of its blobs and of its unpacked layers.',
      resolve: ({ row }) => row.totalSize,
    }),
    unpackedSize: t.field({
      type: 'ByteSize',
      nullable: true,
      description:
        'Engine field ImageData.Size.Unpacked: bytes of its unpacked layers, 0 when it is not unpacked; null for what is no image.',
      resolve: ({ row }) => row.unpackedSize,
    }),
    platform: t.field({
      type: 'ImagePlatform',
      nullable: true,
      description: 'Engine field ImageData.Platform; null for what is no image, or names none.',
      resolve: ({ row }) => row.platform,
    }),
    usedBy: t.field({
      type: 'EngineContainerConnection',
      nullable: true,
      description:
        'Engine field ImageData.Containers, as containers of any state, newest first. Null, with an error that says why, when the engine cannot be asked.',
      args: forwardArgs(t.arg),
      resolve: ({ image, row }, args, context) =>
        askForContainers(context, image.engine, args, ({ containers }) =>
          containers.filter(
            (container) =>
              container.row.manifestDigest === row.digest ||
              row.containerIds.includes(container.row.id),
          ),
        ),
    }),
    attests: t.field({
      type: 'ImageManifestSummary',
      nullable: true,
      description:
        'Engine field AttestationData.For, as the manifest that it attests; null for what is no attestation.',
      resolve: ({ image, row }, _args, { counted }) =>
        counted(image.manifests?.find((other) => other.row.digest === row.attestsDigest) ?? null),
    }),
    attestations: t.field({
      type: ['ImageManifestSummary'],
      description: 'The attestation manifests that say something of this one.',
      resolve: ({ image, row }, _args, { counted }) =>
        counted(image.manifests?.filter((other) => other.row.attestsDigest === row.digest) ?? []),
    }),
    config: t.field({
      type: 'ImageConfig',
      nullable: true,
      description: `How containers of this platform are started. ${WHEN_NULL}`,
      resolve: (manifest, _args, { loaders }) =>
        after(loaders.detail(manifest), (detail) => detail?.config ?? null),
    }),
    layers: t.field({
      type: ['Layer'],
      nullable: true,
      description: `Base layer first. ${WHEN_NULL}`,
      resolve: (manifest, _args, context) => layersOf(manifest, context),
    }),
    history: t.field({
      type: ['HistoryEntry'],
      nullable: true,
      description: `Newest entry first, as docker history --platform. ${WHEN_NULL}`,
      resolve: (manifest, _args, context) => historyOf(manifest, context),
    }),
    image: t.field({
      type: 'ImageSummary',
      description: 'The image that holds it. Two images may hold the same manifest.',
      resolve: ({ image }, _args, { counted }) => counted(image),
    }),
  }),
});
