import { type ParsedReference, parseReference } from '../engine/reference.ts';
import { EXPENSIVE } from '../limits/expensive-field.ts';
import { builder } from './builder.ts';
import { REGISTRY_ERRORS, registryOfAnyEngine } from './registry-image.ts';

builder.objectType('ImageName', {
  description:
    'For other subgraphs: what a name means here, on every engine and in its registry, also when no engine has it.',
  fields: (t) => ({
    reference: t.expose('reference', {
      type: 'ImageReference',
      description: 'The name as it was asked for.',
    }),
    images: t.field({
      type: ['ImageSummary'],
      nullable: true,
      description:
        'The image that each engine has under this name, in the order of configuration; empty where none has it. Familiar and canonical spellings find the same. Errors name engines that could not be asked. Null, with errors that say why, when no engine can be asked.',
      resolve({ reference }, _args, { gather, loaders }, info) {
        // The scalar, or the reference resolver, has checked the grammar.
        const parsed = parseReference(reference) as ParsedReference;
        return gather(info, async (engine) => {
          const { found } = (await loaders.images.load(engine)).references().resolve(parsed);
          return found === null ? [] : [found];
        });
      },
    }),
    registry: t.field({
      type: 'RegistryImage',
      nullable: true,
      extensions: EXPENSIVE,
      description: `What the registry has under this name now, asked by the first engine that can, once a minute at most for a tag; null when it has nothing, and for an image ID. ${REGISTRY_ERRORS}`,
      resolve({ reference }, _args, context) {
        const parsed = parseReference(reference);
        return parsed?.kind === 'name' ? registryOfAnyEngine(parsed, context) : null;
      },
    }),
  }),
});
