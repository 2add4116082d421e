import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import type { Content } from '../image-index/content-table.ts';
import { settleEngines } from '../loaders/engines.ts';
import { builder } from './builder.ts';

builder.objectType('ImageContent', {
  description:
    'For other subgraphs: where a digest (image ID, index or manifest) is found here, on every engine.',
  fields: (t) => ({
    digest: t.expose('digest', {
      type: 'Digest',
      description: 'The digest as it was asked for.',
    }),
    images: t.field({
      type: ['ImageSummary'],
      nullable: true,
      description:
        'Images that have this ID, that a registry has under this digest (RepoDigests), or that hold a manifest of it (Manifests), engine by engine. Errors name engines that could not be asked.',
      resolve: async ({ digest }, _args, context, info) =>
        context.counted((await find(digest, context, info)).flatMap(({ images }) => images)),
    }),
    manifests: t.field({
      type: ['ImageManifestSummary'],
      nullable: true,
      description:
        'Manifests of this digest (Manifests), one for each image that holds it; none where engines keep no manifests.',
      resolve: async ({ digest }, _args, context, info) =>
        context.counted((await find(digest, context, info)).flatMap(({ manifests }) => manifests)),
    }),
  }),
});

async function find(
  digest: string,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<readonly Content[]> {
  const engines = [...context.indexes.keys()];
  const { found, failures } = await settleEngines(engines, async (engine) =>
    (await context.loaders.images.load(engine)).contents().find(digest),
  );
  context.reportFailures(failures, engines.length, info);
  return found;
}
