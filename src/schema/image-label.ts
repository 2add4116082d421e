import { builder } from './builder.ts';

builder.objectType('ImageLabel', {
  description: 'A label or annotation.',
  fields: (t) => ({
    key: t.exposeString('key', {
      description: 'As the image or manifest has it, e.g. org.opencontainers.image.title.',
    }),
    value: t.string({
      nullable: true,
      description: 'May be empty; null when it is redacted.',
      resolve: ({ value }) => value,
    }),
    redacted: t.boolean({
      description:
        'Whether the value is withheld because its key or the value itself looks like a secret (docs/security.md).',
      resolve: ({ value }) => value === null,
    }),
  }),
});
