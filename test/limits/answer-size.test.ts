import type { GraphQLError } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { MESSAGES } from '../../src/errors.ts';
import { createAnswerSizes } from '../../src/limits/answer-size.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { encodeGlobalId } from '../../src/schema/node.ts';
import { closeAll, followed, image, record, subscribed } from '../support/followed.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway, type TestGateway } from '../support/gateway.ts';
import { idOf } from '../support/stand-in-engine.ts';
import { times } from './recipes.ts';

/** What it executes is never executed by column. */
const INTERPRETED = '__schema { queryType { name } }';
const executors = [
  ['by column', ''],
  ['by the interpreter', INTERPRETED],
] as const;
const MEGABYTE = 1_000_000;
const TOO_LONG = {
  message: 'The answer would have more than 1 MB. Ask for smaller pages.',
  extensions: { code: 'QUERY_TOO_COMPLEX' },
};

function gatewayOver(label: string, answer = 1): TestGateway {
  const { images, containers } = manyImages(1_000);
  const labelled = images.map((row) => ({ ...row, labels: [{ key: 'x', value: label }] }));
  const index = createFixedIndex('e', { images: labelled, containers });
  return createIndexGateway([index], { limits: { answer }, federation: true });
}

async function textOf(gateway: TestGateway, query: string): Promise<string> {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(response.status).toBe(200);
  return response.text();
}

describe.each(executors)('an answer that is made %s', (_, also) => {
  it.each([
    ['ids', 'plain', times(10, (at) => `a${at}: id`)],
    ['labels', 'l'.repeat(4_000), 'label(key: "x")'],
    ['text of several bytes', '\u6f22'.repeat(2_000), 'label(key: "x")'],
    ['text that JSON escapes', '\u0001"'.repeat(500), 'label(key: "x")'],
    ['names of types', '', times(29, (at) => `${'a'.repeat(20)}${at}: __typename`)],
  ])('of %s passes up to the limit, and no further', async (_what, label, fields) => {
    const gateway = gatewayOver(label);
    const page = (first: number) => `{ ${also} images(first: ${first}) { nodes { ${fields} } } }`;
    const bytes = async (first: number) => Buffer.byteLength(await textOf(gateway, page(first)));
    const one = await bytes(1);
    const more = (await bytes(2)) - one;
    const most = 1 + Math.floor((MEGABYTE - one) / more);
    expect(await bytes(most)).toBeGreaterThan(MEGABYTE - 2 * more);
    expect(JSON.parse(await textOf(gateway, page(most + 2)))).toEqual({ errors: [TOO_LONG] });
    // Nothing of what failed is counted to the next.
    expect(await bytes(most)).toBeLessThanOrEqual(MEGABYTE);
  });

  const id = JSON.stringify(encodeGlobalId('ImageSummary', 'e', idOf(1)));
  const entity = `{ __typename: "ImageSummary", id: ${id} }`;
  const image = 'image(reference: "demo/app-1:latest")';
  const lists = (count: number, name: string, item: string) =>
    `${name}: [${times(count, () => item)}]`;
  it.each<[string, number, (count: number) => string]>([
    ['things', 30_000, (count) => times(count, (at) => `a${at}: ${image} { label(key: "x") }`)],
    [
      'nodes',
      30_000,
      (count) =>
        times(count, (at) => `a${at}: node(id: ${id}) { ... on ImageSummary { label(key: "x") } }`),
    ],
    [
      'a list of nodes',
      30_000,
      (count) => `nodes(${lists(count, 'ids', id)}) { ... on ImageSummary { label(key: "x") } }`,
    ],
    [
      'entities',
      30_000,
      (count) =>
        `_entities(${lists(count, 'representations', entity)}) { ... on ImageSummary { label(key: "x") } }`,
    ],
    [
      'things, where neither names nor values are too long alone',
      2_000,
      (count) =>
        `${times(count, (at) => `a${at}: ${image} { ...N }`)} } fragment N on ImageSummary { ${'n'.repeat(60_000)}: label(key: "x")`,
    ],
  ])(
    'of text that JSON escapes, in %s, is counted as it is written',
    async (_what, length, fields) => {
      const gateway = gatewayOver('\u0001'.repeat(length), 1);
      const ask = (count: number) => textOf(gateway, `{ ${also} ${fields(count)} }`);
      expect(JSON.parse(await ask(5))).not.toHaveProperty('errors');
      expect(JSON.parse(await ask(14))).toEqual({ errors: [TOO_LONG] });
    },
  );

  it.each([
    ['90,000 rows of 29 fields', 'x', `id imageId created ${times(25, (at) => `a${at}: id`)}`],
    ['labels of 8 KB', 'plain words '.repeat(700), times(25, (at) => `a${at}: label(key: "x")`)],
    ['names of types', 'x', times(29, (at) => `a${at}: __typename`)],
  ])('of %s is refused before it is made', async (_what, label, fields) => {
    const gateway = gatewayOver(label, 16);
    const nested = `{ ${also} images(first: 90) { nodes { engine { images(first: 1000) { nodes { ${fields} } } } } } }`;
    const text = await textOf(gateway, nested);
    expect(text.length).toBeLessThan(200);
    expect(JSON.parse(text).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  });
});

describe('an event', () => {
  afterEach(closeAll);

  it('that is too long fails by itself, and the next one comes', async () => {
    let label = '';
    const { gateway, events } = await followed(
      { e: () => ({ images: [{ ...image(1, ['a:1']), Labels: { x: label } }] }) },
      'LIVE',
      { ...DEFAULT_LIMITS, answer: 1 },
    );
    const answers = await subscribed(
      gateway,
      events,
      `subscription { imageEvents { image { imageId ${times(20, (at) => `a${at}: label(key: "x")`)} } } }`,
    );
    const told = async (next: string) => {
      label = next;
      events.append(record({ imageId: idOf(1) }));
      return answers.next();
    };
    // Beyond the limit before it is written, then as text only.
    for (const long of ['l'.repeat(100_000), '"'.repeat(40_000)]) {
      expect(await told(long)).toMatchObject({
        data: null,
        errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }],
      });
    }
    const { data, errors } = await told('short');
    expect([data.imageEvents.image.a19, errors]).toEqual(['short', undefined]);
  });
});

describe('all answers that are being made', () => {
  const limits = { ...DEFAULT_LIMITS, answer: 10 };
  const codeOf = (run: () => void): unknown => {
    try {
      run();
    } catch (error) {
      return (error as GraphQLError).extensions['code'];
    }
    return null;
  };

  it('hold as much as two of the largest, and small ones are made all the same', () => {
    const errors: string[] = [];
    const createSize = createAnswerSizes(limits);
    const begun = () => {
      const size = createSize(({ message }) => void errors.push(message));
      size.begin();
      return size;
    };
    const [one, two, three] = [begun(), begun(), begun()] as const;
    one.expect(10 * MEGABYTE);
    two.expect(10 * MEGABYTE);
    expect(codeOf(() => three.expect(4 * MEGABYTE))).toBe('OVERLOADED');
    expect(errors).toEqual([MESSAGES.OVERLOADED]);
    three.end();
    expect(codeOf(() => begun().expect(MEGABYTE))).toBeNull();
    one.end();
    // What goes on after its end is nobody's concern.
    one.expect(0);
    expect(codeOf(() => begun().expect(10 * MEGABYTE))).toBeNull();
  });
});
