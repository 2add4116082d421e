import type { Image, Manifest } from '../image-index/image-view.ts';
import { EXPENSIVE } from '../limits/expensive-field.ts';
import { builder } from './builder.ts';
import { REGISTRY_ERRORS, registryOf } from './registry-image.ts';
import { repositoryOf } from './repo-tag.ts';

builder.objectType('RepoDigest', {
  description:
    'A name with a digest that points to an image. Engine field RepoDigests, completed where the list of the containerd store gives only one.',
  fields: (t) => ({
    reference: t.exposeString('reference', {
      description: 'As the engine spells it; the bare digest where it lists no repository.',
    }),
    digest: t.expose('digest', {
      type: 'Digest',
      description:
        'Digest of the manifest or index. On the containerd store it is the image ID; elsewhere it is what a registry had under this name.',
    }),
    content: t.field({
      type: 'ImageContent',
      description: 'What has this digest on every engine, and to other subgraphs.',
      resolve: ({ digest }, _args, { counted }) => counted({ digest }),
    }),
    repository: t.field({
      type: 'ImageRepository',
      nullable: true,
      description: 'All that the same engine holds under this name; null for a bare digest.',
      resolve: ({ name, image }) => repositoryOf(image.view, name),
    }),
    image: t.field({
      type: 'ImageSummary',
      description: 'The image that it points to.',
      resolve: ({ image }, _args, { counted }) => counted(image),
    }),
    engine: t.field({
      type: 'Engine',
      description: 'The engine that holds it.',
      resolve: ({ image }, _args, { engineOf }) => engineOf(image.engine),
    }),
    registry: t.field({
      type: 'RegistryImage',
      nullable: true,
      extensions: EXPENSIVE,
      description: `The manifest or index that the registry has under this digest; null when it has none, and for a bare digest. It is asked once: what a digest leads to does not change. ${REGISTRY_ERRORS}`,
      resolve: ({ name, image }, _args, context) => registryOf(name, image.engine, context),
    }),
    manifests: t.field({
      type: ['ImageManifestSummary'],
      nullable: true,
      description:
        'The manifests that this digest leads to in the local store: all of an index, or the one that it names; null where the engine keeps none.',
      resolve: ({ image, digest }, _args, { counted }) => counted(manifestsOf(image, digest)),
    }),
  }),
});

/** All manifests where the digest is the image's own, of an index for example; else the one that it names. */
function manifestsOf({ manifests, row }: Image, digest: string): readonly Manifest[] | null {
  if (digest === row.id) return manifests;
  return manifests?.filter((manifest) => manifest.row.digest === digest) ?? null;
}
