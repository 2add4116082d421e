import { builder } from './builder.ts';

builder.objectType('OciDescriptor', {
  description: 'A reference to content by its digest (OCI image-spec, descriptor).',
  fields: (t) => ({
    mediaType: t.exposeString('mediaType', {
      description: 'OCI field mediaType, e.g. application/vnd.oci.image.index.v1+json.',
    }),
    digest: t.expose('digest', { type: 'Digest', description: 'OCI field digest.' }),
    size: t.expose('size', {
      type: 'ByteSize',
      description: 'OCI field size: bytes of the document itself, not of what it refers to.',
    }),
    platform: t.expose('platform', {
      type: 'ImagePlatform',
      nullable: true,
      description: 'OCI field platform; null where the descriptor gives none.',
    }),
    annotations: t.field({
      type: ['ImageLabel'],
      description: 'OCI field annotations, sorted by key.',
      resolve: ({ annotations }, _args, { counted }) => counted(annotations),
    }),
    artifactType: t.exposeString('artifactType', {
      nullable: true,
      description: 'OCI field artifactType; null for images.',
    }),
  }),
});
