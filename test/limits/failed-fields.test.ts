import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/context.ts';
import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import { createAnswerSizes } from '../../src/limits/answer-size.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { NO_REGISTRIES } from '../../src/registry/registries.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

const index = createFixedIndex('e', manyImages(1_000));
const times = (count: number, of: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => of(at)).join(' ');
/** Of images of images, each with these fields. */
const nested = (pages: number, fields: string) =>
  `images(first: ${pages}) { nodes { engine { images(first: 1000) { nodes { ${fields} } } } } }`;

/** By column, and where something is asked for that only the interpreter knows. */
describe.each([
  ['by column', ''],
  ['by the interpreter', '__schema { __typename }'],
])('fields that fail, %s', (_, also) => {
  it.each<[string, string, object?]>([
    [
      'an argument that a resolver refuses',
      `{ ${also} ${nested(10, `engine { ${times(2, (at) => `a${at}: images(first: 0) { totalCount }`)} }`)} }`,
    ],
    [
      'null for an argument whose default it takes',
      `query ($k: String = "x") { ${also} ${nested(
        5,
        times(29, (at) => `a${at}: label(key: $k)`),
      )} }`,
      { k: null },
    ],
    [
      'what is waited for',
      `{ ${also} ${nested(20, `repoTags { ${times(5, (at) => `a${at}: registry { descriptor { digest } }`)} }`)} }`,
    ],
  ])('end the operation beyond ten thousand: %s', async (_what, query, variables) => {
    const gateway = createIndexGateway([index]);
    const { data, errors } = await gateway.ask(query, variables);
    expect(errors).toEqual([
      {
        message: 'More than 10000 fields would fail. Ask for less at once.',
        extensions: { code: 'QUERY_TOO_COMPLEX' },
      },
    ]);
    expect(data).toBeUndefined();
    // None of the errors was made for the log.
    expect(gateway.hidden).toEqual([]);
    gateway.close();
  });

  it('leave a page of a thousand images its data', async () => {
    const gateway = createIndexGateway([index]);
    const failing = times(3, (at) => `a${at}: registry { descriptor { digest } }`);
    const { data, errors } = await gateway.ask(
      `{ ${also} images(first: 1000) { nodes { id repoTags { tag ${failing} } } } }`,
    );
    expect(errors?.length).toBe(5);
    expect(errors?.[0]?.extensions['code']).toBe('REGISTRY_NOT_ALLOWED');
    const nodes = data.images.nodes as { repoTags: object[] }[];
    expect(nodes.length).toBe(1_000);
    expect(nodes[7]?.repoTags[0]).toMatchObject({ tag: expect.any(String), a0: null, a2: null });
    gateway.close();
  });
});

it('beyond ten thousand, an answer knows what has ended it, until the next event', () => {
  const { size, renew } = createContext(
    {
      indexes: new Map(),
      events: createImageEventLog(),
      registries: NO_REGISTRIES,
      limits: DEFAULT_LIMITS,
      createSize: createAnswerSizes(DEFAULT_LIMITS),
    },
    new AbortController().signal,
  );
  size.failed(10_000);
  expect(size.excess()).toBeNull();
  expect(() => size.failed(1)).toThrow('More than 10000 fields');
  expect(size.excess()?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
  renew();
  expect(size.excess()).toBeNull();
});
