import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { expect, it } from 'vitest';
import type { Context } from '../../src/context.ts';
import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

/** What is still known of a request while it is executed. */
async function keptOf(query: string, accept: string): Promise<GraphQLParams> {
  let kept: GraphQLParams = {};
  const look: Plugin<Context>['onExecute'] = ({ args }) => {
    kept = args.contextValue.params;
  };
  const gateway = createIndexGateway([createFixedIndex('e', manyImages(2))], {
    events: createImageEventLog(),
    plugins: [{ onExecute: look, onSubscribe: look as never }],
  });
  const variables = { first: 1, other: [{}, {}] };
  const client = new AbortController();
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    signal: client.signal,
    body: JSON.stringify({ query, variables, extensions: { other: [{}] } }),
  });
  expect(response.status).toBe(200);
  client.abort();
  return kept;
}

it.each([
  ['query ($first: Int) { images(first: $first) { totalCount } }', 'application/json', ['first']],
  ['{ images { totalCount } }', 'application/json', []],
  ['subscription { imageEvents { action } }', 'text/event-stream', []],
])('what %s does not declare is forgotten', async (query, accept, declared) => {
  const { variables, extensions } = await keptOf(query, accept);
  expect(Object.keys(variables ?? {})).toEqual(declared);
  expect(extensions).toEqual({});
});
