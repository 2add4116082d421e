import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for the operations in test/operations, as a frontend would generate its own. */
const config: CodegenConfig = {
  schema: './schema.graphql',
  emitLegacyCommonJSImports: false,
  documents: ['test/operations/*.graphql'],
  generates: {
    'test/operations/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          ByteSize: 'number',
          DateTime: 'string',
          Digest: 'string',
          ImageReference: 'string',
        },
      },
    },
  },
};

export default config;
