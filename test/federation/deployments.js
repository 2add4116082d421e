import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

/**
 * The subgraph of another team: deployments that name images, vulnerabilities that name digests. It knows
 * no engine. What it holds comes as JSON: { references, digests }.
 */
const { references, digests } = JSON.parse(process.argv[2]);

const deployment = (reference, at) => ({
  __typename: 'Deployment',
  id: `deployment-${at}`,
  image: { reference },
  platform: { cluster: 'production' },
  labels: [{ name: 'web' }],
  containers: [{ name: 'main' }],
  repository: { url: `https://git.example.com/${at}` },
});
const deployments = references.map(deployment);
const vulnerabilities = digests.map((digest, at) => ({
  id: `CVE-2026-${1_000 + at}`,
  severity: 'HIGH',
  content: { digest },
}));
const canonical = (reference) =>
  reference.startsWith('docker.io/') ? reference : `docker.io/${reference}`;

const resolvers = {
  Query: {
    deployments: () => deployments,
    vulnerabilities: () => vulnerabilities,
    node: (_, { id }) => deployments.find((one) => one.id === id),
  },
  Node: { __resolveType: () => 'Deployment' },
  ImageName: {
    deployments: ({ reference }) => ({
      nodes: deployments.filter(({ image }) => canonical(image.reference) === canonical(reference)),
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
    }),
  },
  ImageContent: {
    vulnerabilities: ({ digest }) =>
      vulnerabilities.filter(({ content }) => content.digest === digest),
  },
};

const typeDefs = parse(readFileSync(new URL('deployments.graphql', import.meta.url), 'utf8'));
const server = new ApolloServer({ schema: buildSubgraphSchema({ typeDefs, resolvers }) });
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
process.stdout.write(`ready at ${url}\n`);
