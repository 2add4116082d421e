import { readFileSync } from 'node:fs';
import * as apollo from '@apollo/composition';
import * as guild from '@theguild/federation-composition';
import { federateSubgraphs } from '@wundergraph/composition';
import { parse } from 'graphql';

/**
 * Composes subgraphs with one of three composers and prints { errors, supergraph } as JSON; the third makes
 * no supergraph SDL. Arguments: the composer, and NAME=FILE=URL of each subgraph.
 */
const [composer, ...given] = process.argv.slice(2);
const subgraphs = given.map((text) => {
  const [name, file, url] = text.split('=');
  return { name, url, typeDefs: parse(readFileSync(file, 'utf8')) };
});

const composers = {
  apollo() {
    const { errors = [], supergraphSdl } = apollo.composeServices(subgraphs);
    return { errors: errors.map(String), supergraph: supergraphSdl };
  },
  guild() {
    const { errors = [], supergraphSdl } = guild.composeServices(subgraphs);
    return { errors: errors.map(String), supergraph: supergraphSdl };
  },
  cosmo() {
    const definitions = subgraphs.map(({ typeDefs, ...rest }) => ({
      ...rest,
      definitions: typeDefs,
    }));
    const result = federateSubgraphs({ subgraphs: definitions, version: '1' });
    return { errors: result.success ? [] : result.errors.map(String), supergraph: null };
  },
};
process.stdout.write(JSON.stringify(composers[composer]()));
