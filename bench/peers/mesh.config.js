import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

/** The Engine's own API file as it is, and where its basePath is reached. */
export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('Engine', {
        source: process.env.ENGINE_API_FILE,
        endpoint: process.env.ENGINE_ENDPOINT,
      }),
    },
  ],
});
