import type { Plugin } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/context.ts';
import { createFixedIndex } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

const times = <Value>(count: number, of: (at: number) => Value) =>
  Array.from({ length: count }, (_, at) => of(at));

/** The text of an answer. */
async function send(body: string, plugins: Plugin<Context>[] = []): Promise<string> {
  const gateway = createIndexGateway([createFixedIndex('e')], { plugins });
  const accept = body.includes('subscription') ? 'text/event-stream' : 'application/json';
  const headers = { 'content-type': 'application/json', accept };
  const request = { method: 'POST', headers, body };
  const response = await gateway.fetch('http://localhost/graphql', request);
  const text = await response.text();
  gateway.close();
  return text;
}

describe('values of a request', () => {
  const zeros = (count: number) => times(count, () => 0).join();
  it.each<[string, (count: number) => string]>([
    ['items', (count) => `"variables": {"v": [${zeros(count)}]}`],
    ['keys', (count) => `"variables": {${times(count, (at) => `"k${at}": 0`).join()}}`],
    ['lists in lists', (count) => `"variables": {"v": ${'['.repeat(count)}${']'.repeat(count)}}`],
    [
      'of both',
      (count) =>
        `"variables": {"v": [${zeros(count / 2)}]}, "extensions": {"v": [${zeros(count / 2)}]}`,
    ],
  ])('are ten thousand at most: %s', async (_, of) => {
    const ask = (count: number) => send(`{"query": "{ engines { name } }", ${of(count)}}`);
    // What they are in counts too.
    expect(await ask(9_990)).toBe('{"data":{"engines":[{"name":"e"}]}}');
    expect(JSON.parse(await ask(10_002))).toEqual({
      errors: [
        {
          message: 'Send 10000 values in variables and extensions at most.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  });
});

describe('a variable of a wrong type', () => {
  const FILTERED = '($f: ImageFilter) { images(filter: $f) { totalCount }';
  it.each([
    ['a query', `query ${FILTERED} }`],
    ['a query that the interpreter executes', `query ${FILTERED} __schema { __typename } }`],
    [
      'a subscription',
      'subscription ($f: ImageEventFilter) { imageEvents(filter: $f) { cursor } }',
    ],
  ])('is told once, whatever is wrong in it: %s', async (_, query) => {
    const f = Object.fromEntries(times(1_000, (at) => [`no${at}`, 0]));
    const text = await send(JSON.stringify({ query, variables: { f } }));
    expect(text.match(/"code":"\w+"/g)).toEqual(['"code":"BAD_USER_INPUT"']);
  });
});

describe('what an operation does not declare', () => {
  it('is not kept while it is executed', async () => {
    const kept: unknown[] = [];
    const watching: Plugin<Context> = {
      onExecute({ args: { contextValue, variableValues } }) {
        const { params } = contextValue as object as { params: { variables: unknown } };
        kept.push(variableValues, params.variables);
      },
    };
    const query =
      'query A($id: ID!) { node(id: $id) { id } } query B($b: ID!) { node(id: $b) { id } }';
    const variables = { id: 'x', b: 'y', other: ['z'] };
    await send(JSON.stringify({ query, operationName: 'A', variables }), [watching]);
    expect(kept).toEqual([{ id: 'x' }, { id: 'x' }]);
  });
});
