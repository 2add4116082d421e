import { builder } from './builder.ts';

builder.objectType('ImagePlatform', {
  description: 'What an image runs on (OCI image-spec, platform).',
  fields: (t) => ({
    name: t.string({
      description: 'os/architecture[/variant], as docker --platform takes it.',
      resolve: ({ os, architecture, variant }) =>
        variant === null ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`,
    }),
    os: t.exposeString('os', { description: 'OCI field os, e.g. linux.' }),
    architecture: t.exposeString('architecture', {
      description: 'OCI field architecture, e.g. amd64 or arm64.',
    }),
    variant: t.exposeString('variant', {
      nullable: true,
      description: 'OCI field variant, e.g. v8; null when the platform has none.',
    }),
    osVersion: t.exposeString('osVersion', {
      nullable: true,
      description: 'OCI field os.version, given by Windows images; null otherwise.',
    }),
  }),
});
