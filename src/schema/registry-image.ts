import type { Context } from '../context.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { RegistryManifest } from '../engine/engine.ts';
import type { ParsedName } from '../engine/reference.ts';
import { PublicError } from '../errors.ts';
import { builder } from './builder.ts';

builder.objectType('RegistryImage', {
  description: 'What a registry has under a name: a manifest, or an index of manifests.',
  fields: (t) => ({
    descriptor: t.field({
      type: 'OciDescriptor',
      description:
        "Of the manifest or index that the reference names; size is that document's. Engine field Descriptor of GET /distribution.",
      resolve: ({ descriptor }) => descriptor,
    }),
    platforms: t.field({
      type: ['ImagePlatform'],
      nullable: true,
      description:
        "Every platform in the index, or that of the image. Engine field Platforms; null where the registry's answer does not say, as for one OCI manifest.",
      resolve: ({ platforms }, _args, { counted }) => counted(platforms),
    }),
  }),
});

/** What a registry has under a name, as an engine sees it; null when it has no such thing, or there is no name. */
export async function registryOf(
  name: ParsedName | null,
  engine: string,
  context: Context,
): Promise<RegistryManifest | null> {
  context.doNotCache();
  return name === null ? null : (await context.loaders.registry(engine, name)).manifest;
}

/** As registryOf, by the first engine that can ask. */
export async function registryOfAnyEngine(
  name: ParsedName,
  context: Context,
): Promise<RegistryManifest | null> {
  let failure: unknown = new PublicError('UNSUPPORTED_BY_ENGINE');
  for (const engine of context.indexes.keys()) {
    try {
      return await registryOf(name, engine, context);
    } catch (error) {
      // What the registry says, or the gateway of it, it says to every engine.
      if (!(error instanceof EngineError) || error.code.startsWith('REGISTRY_')) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Of what a registry is asked for. */
export const REGISTRY_ERRORS =
  'Only registries that the server allows are asked (--registry), by the engine; null, with an error that says why, when one cannot be, and null for a malformed name.';
