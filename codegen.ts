import type { CodegenConfig } from '@graphql-codegen/cli';
import { scalars } from './src/client.ts';

/** Typed documents for the operations in test/operations, as a frontend would generate its own. */
const config: CodegenConfig = {
  schema: './schema.graphql',
  emitLegacyCommonJSImports: false,
  documents: ['test/operations/*.graphql', 'src/client.ts'],
  generates: {
    'test/operations/generated/': {
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        // The manifest of all operations: for servers that answer no others, and clients that send hashes.
        persistedDocuments: { mode: 'embedHashInDocument', hashAlgorithm: 'sha256' },
      },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars,
      },
    },
  },
};

export default config;
