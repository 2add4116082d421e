import type { ImageView, Manifest } from '../image-index/image-view.ts';
import { builder } from './builder.ts';

builder.objectType('ImageContent', {
  description:
    'For other subgraphs: where a digest (image ID, index, manifest, or layer diff ID) is found here, on every engine.',
  fields: (t) => ({
    digest: t.expose('digest', {
      type: 'Digest',
      description: 'The digest as it was asked for.',
    }),
    images: t.field({
      type: ['ImageSummary'],
      nullable: true,
      description:
        'Images that have this ID, that a registry has under this digest (RepoDigests), that hold a manifest of it (Manifests), or a layer of this diff ID, engine by engine. Errors name engines that could not be asked. A digest that is none of the others may be a layer: the first such question inspects every image once. Null, with errors that say why, when no engine can be asked.',
      resolve: ({ digest }, _args, { loaders, gather }, info) =>
        gather(info, async (engine) => {
          const found = (await loaders.images.load(engine)).imagesOfDigest(digest);
          return found.length > 0
            ? found
            : (await loaders.layers.load(engine)).imagesOfLayer(digest);
        }),
    }),
    manifests: t.field({
      type: ['ImageManifestSummary'],
      nullable: true,
      description:
        'Manifests of this digest (Manifests), one for each image that holds it; none where engines keep no manifests. Null, with errors that say why, when no engine can be asked.',
      resolve: ({ digest }, _args, context, info) =>
        context.gather(info, async (engine) =>
          manifestsOf(await context.loaders.images.load(engine), digest),
        ),
    }),
  }),
});

function manifestsOf(view: ImageView, digest: string): readonly Manifest[] {
  const all = view.holdersOf(digest).flatMap(({ manifests }) => manifests ?? []);
  return all.filter(({ row }) => row.digest === digest);
}
