import { GraphQLError, parse } from 'graphql';
import { expect, it } from 'vitest';
import { createDocumentCaches } from '../../src/plugins/document-caches.ts';

const text = (at: number, length: number) => `{ a } # ${at} ${'x'.repeat(length)}`;

it.each([
  ['short texts by their number', 10, 250],
  ['long ones by their length together', 200_000, 19],
])('what was parsed is kept: %s', (_, length, kept) => {
  const { documentCache, errorCache } = createDocumentCaches();
  const document = parse('{ a }');
  const error = new GraphQLError('no');
  for (let at = 0; at < 1_000; at++) {
    documentCache.set(text(at, length), document);
    errorCache.set(text(at, length), error);
  }
  const numbers = Array.from({ length: 1_000 }, (_value, at) => at);
  for (const cache of [documentCache, errorCache]) {
    const found = numbers.filter((at) => cache.get(text(at, length)) !== undefined);
    // The last ones.
    expect(found).toEqual(numbers.slice(-kept));
  }
});
