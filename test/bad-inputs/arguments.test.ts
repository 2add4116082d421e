import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ErrorCode, MESSAGES } from '../../src/errors.ts';
import { type HttpGateway, startHttpGateway } from '../support/http-gateway.ts';

let gateway: HttpGateway;
beforeAll(async () => {
  gateway = await startHttpGateway();
});
beforeEach(() => void gateway.calls.splice(0));
afterAll(() => gateway.close());

async function send(body: string | Buffer) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: body as string });
  const text = await response.text();
  return { status: response.status, text, errors: JSON.parse(text).errors as any[] };
}

const SECRET = 'hunter2-do-not-repeat';
const ask = (query: string, variables = {}) => JSON.stringify({ query, variables });

describe('a bad request', () => {
  it.each<[string, string | Buffer, ErrorCode]>([
    ['brackets, many', '['.repeat(100_000), 'BAD_REQUEST'],
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
      'an unknown engine (B119)',
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
      expect(gateway.calls).toEqual([]);
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
    [
      'a date of a billion years (B120)',
      '{ images(filter: { createdAfter: "1e99" }) { totalCount } }',
    ],
    ['a date before all dates (B120)', '{ images(filter: { createdAfter: "-1" }) { totalCount } }'],
    [
      'a date that is no number (B120)',
      '{ images(filter: { createdAfter: "NaN" }) { totalCount } }',
    ],
    [
      'a number for a date (B120)',
      '{ recentImageEvents(since: 1e99) { pageInfo { hasNextPage } } }',
    ],
    [
      'a label of 10 KB (B112)',
      `{ images(filter: { labels: [{ key: "hunter2${'x'.repeat(10_000)}" }] }) { totalCount } }`,
    ],
    [
      'a long search (B112)',
      `{ images(filter: { search: "${SECRET.repeat(30)}" }) { totalCount } }`,
    ],
  ])(
    'that has %s which is none says so without a repetition, and costs no engine call',
    async (_, query) => {
      const { status, text, errors } = await send(ask(query));
      expect(status).toBe(200);
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
      expect(text).not.toMatch(/hunter2/i);
      expect(gateway.calls).toEqual([]);
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
    ['an unknown condition (B111)', images('filter: $v')('ImageFilter'), { [SECRET]: SECRET }],
    ['a condition of a wrong type', images('filter: $v')('ImageFilter'), { dangling: SECRET }],
    ['a deep one', images('filter: $v')('ImageFilter'), { and: [{ not: { search: [SECRET] } }] }],
    ['a text for a filter (B111)', images('filter: $v')('ImageFilter'), SECRET],
    ['null in a list', filter('digests')('[Digest!]'), [null]],
    ['a cursor', images('after: $v')('String'), SECRET],
    ['a date', filter('createdAfter')('DateTime'), SECRET],
    ['a number for a date', filter('createdAfter')('DateTime'), 7],
    ['a digest', filter('digests')('[Digest!]'), [SECRET]],
    ['a size', filter('minSize')('ByteSize'), -5],
    ['a pattern', filter('references')('[String!]'), [`[${SECRET}`]],
    [
      '101 labels (B112)',
      filter('labels')('[ImageLabelFilter!]'),
      Array.from({ length: 101 }, (_, at) => ({ key: `k${at}` })),
    ],
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
      expect(gateway.calls).toEqual([]);
      expect(gateway.hidden).toEqual([]);
    },
  );

  it('leaves the gateway as it was', async () => {
    const { text } = await send(ask('{ images { totalCount } }'));
    expect(JSON.parse(text)).toEqual({ data: { images: { totalCount: 3 } } });
    expect(gateway.hidden).toEqual([]);
  });
});
