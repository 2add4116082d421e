import { builder } from './builder.ts';

builder.objectType('EnvironmentVariable', {
  description: 'A variable that containers of an image are started with.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The part before the first equals sign.' }),
    value: t.string({
      nullable: true,
      description:
        'The rest; empty where the image gives only a name, and null when it is withheld because it looks like a secret.',
      resolve: ({ value }) => value,
    }),
    redacted: t.boolean({
      description:
        'Whether the value is withheld because the name or the value itself looks like a secret (docs/security.md).',
      resolve: ({ value }) => value === null,
    }),
  }),
});
