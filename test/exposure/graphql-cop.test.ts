import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Profile, startProfile } from './profiles.ts';

/**
 * What the audit tool graphql-cop looks for. Each probe says whether it has found what it looks for: that an operation
 * was executed that should not be, or that something was told.
 */
const PROBES: readonly [string, (profile: Profile) => Promise<boolean>][] = [
  [
    'alias overloading: 101 aliases',
    async ({ post }) =>
      wasExecuted(await post({ query: `{ ${repeat(101, (at) => `a${at}: __typename`)} }` })),
  ],
  [
    'batches: 10 queries in an array',
    async ({ post }) =>
      wasExecuted(await post(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })))),
  ],
  [
    'circular introspection',
    async ({ post }) =>
      wasExecuted(
        await post({
          query: `{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }`,
        }),
      ),
  ],
  [
    'directive overloading: 10 unknown directives get 10 errors',
    async ({ post }) => {
      const { body } = await post({ query: `{ __typename ${'@aa'.repeat(10)} }` });
      return (JSON.parse(body) as { errors: unknown[] }).errors.length >= 10;
    },
  ],
  [
    'field duplication: 500 times the same',
    async ({ post }) => wasExecuted(await post({ query: `{ ${'__typename '.repeat(500)} }` })),
  ],
  [
    'field suggestions',
    async ({ post }) =>
      /did you mean/i.test((await post({ query: '{ __schema { directive } }' })).body),
  ],
  [
    'queries by GET',
    async ({ request }) => wasExecuted(await request('GET', '/graphql?query=%7B__typename%7D')),
  ],
  [
    'mutations by GET',
    async ({ request }) =>
      wasExecuted(await request('GET', '/graphql?query=mutation%20%7B__typename%7D')),
  ],
  [
    'GraphiQL or a playground',
    async ({ request }) => {
      const pages = ['/', '/graphiql', '/playground', '/console', '/graphql'];
      const answers = await Promise.all(
        pages.map((path) => request('GET', path, { Accept: 'text/html' })),
      );
      return answers.some(
        ({ status, headers }) => status === 200 && /html/.test(headers['content-type'] ?? ''),
      );
    },
  ],
  [
    'introspection',
    async ({ post }) => wasExecuted(await post({ query: getIntrospectionQuery() })),
  ],
  [
    'forms',
    async ({ request }) =>
      wasExecuted(
        await request(
          'POST',
          '/graphql',
          { 'Content-Type': 'application/x-www-form-urlencoded' },
          'query=%7B__typename%7D',
        ),
      ),
  ],
  [
    'traces of resolvers',
    async ({ post }) =>
      /"tracing"/.test((await post({ query: '{ __typename }' }, { 'X-Apollo-Tracing': '1' })).body),
  ],
  [
    'an error that nobody has handled',
    async ({ post }) => {
      const { status, body } = await post({ query: 'qwerty { abc }' });
      return status >= 500 || /exception|stack|node_modules/i.test(body);
    },
  ],
];

function repeat(times: number, part: (at: number) => string): string {
  return Array.from({ length: times }, (_, at) => part(at)).join(' ');
}

function wasExecuted({ body }: { body: string }): boolean {
  return /"data":\{/.test(body);
}

describe.each([
  ['on loopback', false, ['GraphiQL or a playground', 'introspection']],
  ['beyond it', true, []],
] as const)("graphql-cop's probes %s", (_, exposed, expected) => {
  let profile: Profile;
  beforeAll(async () => {
    profile = await startProfile(exposed);
  });
  afterAll(() => profile.gateway.close());

  it.each(PROBES)('%s', async (name, probe) => {
    expect(await probe(profile)).toBe((expected as readonly string[]).includes(name));
    expect(profile.gateway.calls).toEqual([]);
  });
});
