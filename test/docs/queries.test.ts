import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import { findSubjects } from '../conformance/subjects.ts';

const text = readFileSync(new URL('../../docs/queries.md', import.meta.url), 'utf8');
/** Each query of the page with the answer below it. */
const questions = [...text.matchAll(/```graphql\n(.*?)```\s+```json\n(.*?)```/gs)].map(
  ([, query = '', answer = '']) => {
    const [, name = ''] = /^query (\w+)/.exec(query) ?? [];
    return { name, query, answer: JSON.parse(answer) };
  },
);
/** What an engine may say instead of an answer: it has no such endpoint, or nobody has allowed the registry. */
const MAY_SAY = new Set(['REGISTRY_NOT_ALLOWED', 'UNSUPPORTED_BY_ENGINE']);

it('the page has a question under each heading', () => {
  expect(questions.length).toBe(text.match(/^## /gm)?.length);
});

describe.each(await findSubjects())('docs/queries.md on $name', (subject) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await subject.open();
  });
  afterAll(async () => {
    gateway.close();
    await subject.close();
  });

  it.each(questions)('$name', async ({ query, answer }) => {
    const { status: _, ...given } = await gateway.ask(query);
    const codes = (given.errors ?? []).map(({ extensions }) => extensions['code'] as string);
    expect(codes.filter((code) => !MAY_SAY.has(code))).toEqual([]);
    if (subject.kind !== 'EMBEDDED') return;
    // The engine has another name here.
    expect(JSON.parse(JSON.stringify(given).replaceAll('"embedded"', '"sample"'))).toEqual(answer);
  });
});
