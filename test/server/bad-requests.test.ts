import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ErrorCode, MESSAGES } from '../../src/errors.ts';
import { createGateway } from '../../src/gateway.ts';
import { createReadThroughIndex } from '../../src/image-index/read-through-index.ts';
import { listen } from '../../src/server/http-server.ts';
import { connectTo } from '../support/gateway.ts';
import type { HttpEngine } from '../support/http-engine.ts';
import { containerdStore, startStandInEngine } from '../support/stand-in-engine.ts';

let http: HttpEngine;
let url: string;
const open: (() => unknown)[] = [];
const hidden: unknown[] = [];

beforeAll(async () => {
  http = await startStandInEngine(containerdStore(3));
  const engine = connectTo('e', http.dial);
  await engine.facts();
  const gateway = createGateway({
    indexes: new Map([['e', createReadThroughIndex(engine)]]),
    onHiddenError: (error) => void hidden.push(error),
  });

  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    graphiql: false,
    graphql: (request, response) => void gateway(request, response),
  });
  url = server.url;
  open.push(server.close, () => engine.close(), http.close);
});
beforeEach(() => void http.calls.splice(0));
afterAll(async () => {
  for (const close of open) await close();
});

async function send(body: string | Buffer) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: body as string });
  const text = await response.text();
  return { status: response.status, text, errors: JSON.parse(text).errors as any[] };
}

const SECRET = 'hunter2-do-not-repeat';
const ask = (query: string, variables = {}) => JSON.stringify({ query, variables });

describe('a bad request', () => {
  it.each<[string, string | Buffer, ErrorCode]>([
    ['half JSON', `{"query": "${SECRET}`, 'BAD_REQUEST'],
    ['no UTF-8', Buffer.from(`\xff\xfe{"query":"${SECRET}"}`, 'latin1'), 'BAD_REQUEST'],
    ['null', 'null', 'BAD_REQUEST'],
    ['a text', `"${SECRET}"`, 'BAD_REQUEST'],
    ['a batch', `[{"query":"{ ${SECRET} }"}]`, 'BAD_REQUEST'],
    ['no query', `{"${SECRET}": 1}`, 'BAD_REQUEST'],
    ['a number for a query', '{"query": 1}', 'BAD_REQUEST'],
    ['a list for variables', '{"query":"{ __typename }","variables":[1]}', 'BAD_REQUEST'],
    ['brackets, many', '['.repeat(100_000), 'BAD_REQUEST'],
    [
      'an unknown operation',
      `{"query":"{ __typename }","operationName":"${SECRET}"}`,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['no GraphQL', ask(`{ ${SECRET}`), 'GRAPHQL_PARSE_FAILED'],
    ['a nest without an end', ask('{a'.repeat(300)), 'GRAPHQL_PARSE_FAILED'],
    [
      'a path for a reference',
      ask('{ image(reference: "../../containers/json") { id } }'),
      'INVALID_REFERENCE',
    ],
    [
      'a query string in a reference',
      ask('{ image(reference: "x?y=1") { id } }'),
      'INVALID_REFERENCE',
    ],
    ['a NUL in a reference', ask('{ image(reference: "a\\u0000b") { id } }'), 'INVALID_REFERENCE'],
    ['a number for a reference', ask('{ image(reference: 12) { id } }'), 'INVALID_REFERENCE'],
    ['an empty page', ask('{ images(first: 0) { totalCount } }'), 'PAGE_SIZE_OUT_OF_RANGE'],
    ['a huge page', ask('{ images(first: 1001) { totalCount } }'), 'PAGE_SIZE_OUT_OF_RANGE'],
    ['two pages', ask('{ images(first: 1, last: 1) { totalCount } }'), 'PAGE_SIZE_OUT_OF_RANGE'],
    [
      'an unknown engine',
      ask(`{ images(engines: ["${SECRET}"]) { totalCount } }`),
      'ENGINE_UNKNOWN',
    ],
  ])(
    'gets the fixed text of its code, no echo, and costs no engine call: %s',
    async (_, body, code) => {
      const { status, text, errors } = await send(body);
      expect(status).toBeLessThan(500);
      expect(errors[0].extensions).toEqual({ code });
      expect(errors[0].message).toBe(MESSAGES[code]);
      expect(text).not.toContain(SECRET);
      expect(http.calls).toEqual([]);
    },
  );

  it.each([
    ['a cursor', `{ images(after: "${SECRET}") { totalCount } }`],
    ['a date', `{ images(filter: { createdAfter: "${SECRET}" }) { totalCount } }`],
    ['a digest', `{ images(filter: { digests: ["${SECRET}"] }) { totalCount } }`],
    ['a size', '{ images(filter: { minSize: -5 }) { totalCount } }'],
    ['an enum value', '{ images(orderBy: [{ field: HUNTER2 }]) { totalCount } }'],
    ['a pattern', `{ images(filter: { references: ["[${SECRET}"] }) { totalCount } }`],
    ['an id', `{ node(id: "${SECRET}") { id } }`],
    ['an integer', '{ images(first: 99999999999) { totalCount } }'],
    ['a long search', `{ images(filter: { search: "${SECRET.repeat(30)}" }) { totalCount } }`],
  ])(
    'that has %s which is none says so without a repetition, and costs no engine call',
    async (_, query) => {
      const { status, text, errors } = await send(ask(query));
      expect(status).toBe(200);
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
      expect(text).not.toMatch(/hunter2/i);
      expect(http.calls).toEqual([]);
    },
  );

  const images = (args: string) => (type: string) =>
    `query ($v: ${type}) { images(${args}) { totalCount } }`;
  const filter = (condition: string) => images(`filter: { ${condition}: $v }`);
  it.each<[string, string, unknown, ErrorCode?]>([
    ['a text for an integer', images('first: $v')('Int'), SECRET],
    ['a fraction for an integer', images('first: $v')('Int'), 2.5],
    ['an integer of 64 bits', images('first: $v')('Int'), 99_999_999_999],
    ['an unknown enum value', images('orderBy: [{ field: $v }]')('ImageOrderField!'), SECRET],
    ['a number for an enum value', images('orderBy: [{ field: $v }]')('ImageOrderField!'), 7],
    ['a text for a boolean', images('all: $v')('Boolean!'), SECRET],
    ['null for a boolean that has a default', images('all: $v')('Boolean = true'), null],
    ['a number for a text', filter('search')('String'), 5],
    ['an object for an id', 'query ($v: ID!) { node(id: $v) { id } }', { [SECRET]: SECRET }],
    ['a foreign id', 'query ($v: ID!) { node(id: $v) { id } }', SECRET],
    ['an unknown condition', images('filter: $v')('ImageFilter'), { [SECRET]: SECRET }],
    ['a condition of a wrong type', images('filter: $v')('ImageFilter'), { dangling: SECRET }],
    ['a deep one', images('filter: $v')('ImageFilter'), { and: [{ not: { search: [SECRET] } }] }],
    ['a text for a filter', images('filter: $v')('ImageFilter'), SECRET],
    ['null in a list', filter('digests')('[Digest!]'), [null]],
    ['a cursor', images('after: $v')('String'), SECRET],
    ['a date', filter('createdAfter')('DateTime'), SECRET],
    ['a number for a date', filter('createdAfter')('DateTime'), 7],
    ['a digest', filter('digests')('[Digest!]'), [SECRET]],
    ['a size', filter('minSize')('ByteSize'), -5],
    ['a pattern', filter('references')('[String!]'), [`[${SECRET}`]],
    ['a long search', filter('search')('String'), SECRET.repeat(30)],
    ['no value', images('first: $v')('Int!'), undefined],
    [
      'a reference',
      'query ($v: ImageReference!) { image(reference: $v) { id } }',
      `../${SECRET}`,
      'INVALID_REFERENCE',
    ],
    ['an empty page', images('first: $v')('Int'), 0, 'PAGE_SIZE_OUT_OF_RANGE'],
    ['an unknown engine', images('engines: $v')('[String!]'), [SECRET], 'ENGINE_UNKNOWN'],
  ])(
    'that has %s in its variables says so without a repetition, and costs no engine call',
    async (_, query, v, code = 'BAD_USER_INPUT') => {
      const { status, text, errors } = await send(ask(query, { v }));
      expect(status).toBe(200);
      expect(errors[0].extensions).toEqual({ code });
      expect(text).not.toMatch(/hunter2/i);
      expect(http.calls).toEqual([]);
      expect(hidden).toEqual([]);
    },
  );

  it('leaves the gateway as it was', async () => {
    const { text } = await send(ask('{ images { totalCount } }'));
    expect(JSON.parse(text)).toEqual({ data: { images: { totalCount: 3 } } });
    expect(hidden).toEqual([]);
  });
});
