import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { firstOf, listen, readAnswer } from './answers.ts';

/**
 * Yoga as it comes, over the same objects in memory and the same schema, with resolvers that only read
 * properties: what the stack costs before it does anything for its user.
 */
const answer = readAnswer();

const schema = createSchema({
  typeDefs: readFileSync('schema.graphql', 'utf8'),
  resolvers: {
    Query: { images: (_, { first }: { readonly first: number }) => firstOf(answer, first) },
  },
  resolverValidationOptions: { requireResolversForResolveType: 'ignore' },
});

const yoga = createYoga({ schema, graphiql: false, logging: false });
listen(createServer((request, response) => void yoga(request, response)));
