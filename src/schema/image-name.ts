import { type ParsedReference, parseReference } from '../engine/reference.ts';
import { settleEngines } from '../loaders/engines.ts';
import { builder } from './builder.ts';

builder.objectType('ImageName', {
  description:
    'For other subgraphs: what a name means here, on every engine, also when no engine has it.',
  fields: (t) => ({
    reference: t.expose('reference', {
      type: 'ImageReference',
      description: 'The name as it was asked for.',
    }),
    images: t.field({
      type: ['ImageSummary'],
      nullable: true,
      description:
        'The image that each engine has under this name, in the order of configuration; empty where none has it. Familiar and canonical spellings find the same. Errors name engines that could not be asked.',
      async resolve({ reference }, _args, context, info) {
        const engines = [...context.indexes.keys()];
        // A look-up counts for each engine, also when it finds nothing.
        context.spend(engines.length);
        // The scalar, or the reference resolver, has checked the grammar.
        const parsed = parseReference(reference) as ParsedReference;
        const { found, failures } = await settleEngines(
          engines,
          async (engine) =>
            (await context.loaders.images.load(engine)).references().resolve(parsed).found,
        );
        context.reportFailures(failures, engines.length, info);
        return context.counted(found.filter((image) => image !== null));
      },
    }),
  }),
});
