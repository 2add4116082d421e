import type { Context } from '../context.ts';
import type { ParsedName } from '../engine/reference.ts';
import { checkForUpdate, type UpdateCheck } from '../registry/update-check.ts';
import { builder } from './builder.ts';

const UpdateStatus = builder.enumType('UpdateStatus', {
  description:
    'What comparing digests has shown. None of these says newer or older: digests have no order.',
  values: {
    UP_TO_DATE: { description: 'The digest in the registry is among the local ones.' },
    DIFFERENT: {
      description:
        'The registry has another digest: the tag has moved, or the local image was built or changed here.',
    },
    NOT_IN_REGISTRY: { description: 'The registry has nothing under this name.' },
    NO_LOCAL_DIGEST: {
      description: 'There is no local digest to compare: the image was never pulled or pushed.',
    },
  } as const,
});

builder.objectType('UpdateCheck', {
  description:
    "Whether the registry's digest under a tag is among the local digests of that repository, and which were compared.",
  fields: (t) => ({
    status: t.field({
      type: UpdateStatus,
      description: 'What came of it.',
      resolve: ({ status }) => status,
    }),
    localDigests: t.field({
      type: ['Digest'],
      description:
        'All digests that were compared, each of an index or manifest as a registry has it. Empty for NO_LOCAL_DIGEST.',
      resolve: ({ localDigests }, _args, { counted }) => counted(localDigests),
    }),
    registryDigest: t.field({
      type: 'Digest',
      nullable: true,
      description: 'Of the index or manifest that the registry has; null when it has none.',
      resolve: ({ registryDigest }) => registryDigest,
    }),
    checkedAt: t.field({
      type: 'DateTime',
      description: 'When the registry said so, at most a minute ago.',
      resolve: ({ checkedAt }) => Math.floor(checkedAt / 1_000),
    }),
  }),
});

/** Compares digests with the one that a registry has under a name now; null without a name. */
export async function updateCheckOf(
  name: ParsedName | null,
  engine: string,
  localDigests: readonly string[],
  context: Context,
): Promise<UpdateCheck | null> {
  context.doNotCache();
  if (name === null) return null;
  return checkForUpdate(localDigests, await context.loaders.registry(engine, name));
}
