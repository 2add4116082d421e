import type { Attestation as ToldAttestation } from '../engine/image-detail.ts';
import type { Manifest } from '../image-index/image-view.ts';
import { builder } from './builder.ts';

/** One statement about the manifest that it was asked of. */
export interface Attestation extends ToldAttestation {
  readonly of: Manifest;
}

/** The longest statement that is shown, in characters. */
const MAX_STATEMENT_LENGTH = 256 * 1024;

builder.objectType('Attestation', {
  description:
    'An in-toto statement about a manifest: provenance, an SBOM, a scan. Nothing of it is verified.',
  fields: (t) => ({
    predicateType: t.exposeString('predicateType', {
      description: 'What kind of statement it is: a URI, e.g. https://slsa.dev/provenance/v1.',
    }),
    descriptor: t.field({
      type: 'OciDescriptor',
      description: 'Of the statement as it is stored; size is its length in bytes.',
      resolve: ({ descriptor }) => descriptor,
    }),
    statement: t.string({
      nullable: true,
      description:
        'The statement as JSON text, without what looks like a secret. One call for each; null when it is longer than 256 KiB.',
      async resolve({ of, predicateType, descriptor }, _args, { loaders }) {
        if (descriptor.size > MAX_STATEMENT_LENGTH) return null;
        const all = await loaders.attestations(of, predicateType);
        const own = all?.find((one) => one.descriptor.digest === descriptor.digest);
        const statement = own?.statement ?? null;
        return statement !== null && statement.length > MAX_STATEMENT_LENGTH ? null : statement;
      },
    }),
  }),
});

builder.objectFields('ImageManifestSummary', (t) => ({
  statements: t.field({
    type: ['Attestation'],
    nullable: true,
    description:
      'What is attested of this manifest, one element for each statement in its attestations. Engine endpoint GET /images/{name}/attestations; one call for each manifest. Null where the engine cannot say: attestations themselves, platforms that are not here, API below 1.55, whose manifests do not name the types of their statements.',
    resolve: async (of, _args, { loaders, counted }) => {
      const all = await loaders.attestations(of, null);
      return counted(all?.map((one) => ({ ...one, of })) ?? null);
    },
  }),
}));
