import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../src/trusted-documents/manifest.ts';

const APOLLO = 'apollo-persisted-query-manifest';

describe('a manifest', () => {
  it('of GraphQL Code Generator, or Relay, is an object of ids and documents', () => {
    const text = JSON.stringify({ 'sha256:12': '{ a }', __proto__x: '{ b }' });
    expect(parseManifest(text)).toEqual(
      new Map([
        ['sha256:12', '{ a }'],
        ['__proto__x', '{ b }'],
      ]),
    );
    expect(parseManifest('{"__proto__":"{ a }"}')).toEqual(new Map([['__proto__', '{ a }']]));
  });

  it('of Apollo is a list of operations', () => {
    const operations = [
      { id: '12', name: 'A', type: 'query', body: 'query A { a }' },
      { id: '13', name: 'B', type: 'query', body: 'query B { a }' },
    ];
    expect(parseManifest(JSON.stringify({ format: APOLLO, version: 1, operations }))).toEqual(
      new Map([
        ['12', 'query A { a }'],
        ['13', 'query B { a }'],
      ]),
    );
  });

  it.each([
    '',
    'x',
    'null',
    '[]',
    '["{ a }"]',
    '"{ a }"',
    '{}',
    '{"a":1}',
    '{"a":null}',
    '{"a":""}',
    '{"":"{ a }"}',
    '{"a":"{ a }","b":{}}',
    `{"format":"${APOLLO}"}`,
    `{"format":"${APOLLO}","operations":{}}`,
    `{"format":"${APOLLO}","operations":[]}`,
    `{"format":"${APOLLO}","operations":[null]}`,
    `{"format":"${APOLLO}","operations":[{"id":"a"}]}`,
    `{"format":"${APOLLO}","operations":[{"body":"{ a }"}]}`,
  ])('is not %s', (text) => {
    expect(parseManifest(text)).toBeNull();
  });
});
