import fc from 'fast-check';
import {
  getNamedType,
  type GraphQLObjectType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/context.ts';
import { NO_REGISTRIES } from '../../src/registry/registries.ts';
import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import { createAnswerSizes } from '../../src/limits/answer-size.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { schema } from '../../src/schema/index.ts';
import { EXAMPLES } from '../../src/server/graphiql-examples.ts';
import { executeByColumn, interpret } from '../support/executions.ts';
import { createFixedIndex, manyImages, ODD_IMAGE } from '../support/fixed-index.ts';

const { images, containers } = manyImages(60);
const indexes = new Map(
  ['one', 'two'].map((name) => [
    name,
    createFixedIndex(name, { images: [...images, ODD_IMAGE], containers }),
  ]),
);
const context = () =>
  createContext(
    {
      indexes,
      events: createImageEventLog(),
      registries: NO_REGISTRIES,
      limits: DEFAULT_LIMITS,
      createSize: createAnswerSizes(DEFAULT_LIMITS),
    },
    new AbortController().signal,
  );

/** Both executions of a query that has no errors. */
async function executeBoth(query: string, variables: Record<string, unknown> = {}) {
  const question = { schema, query, variables, context };
  const [expected, actual] = [await interpret(question), await executeByColumn(question)];
  expect(expected).not.toHaveProperty('errors');
  expect(actual).toEqual(expected);
}

const ID = images[3]?.id ?? '';
const IMAGE_ID = Buffer.from(`ImageSummary:one:${ID}`).toString('base64url');

describe('by column and by interpreter the answer is the same', () => {
  const queries = EXAMPLES.filter((example) => /^query /m.test(example));
  it.each(queries.map((query) => [query.split('\n')[0] ?? '', query]))('%s', async (_, query) => {
    await executeBoth(query);
  });

  it.each<[string, string, Record<string, unknown>?]>([
    [
      'nodes of several types, and of none',
      `{ nodes(ids: ["${IMAGE_ID}", "${Buffer.from('Engine:one:').toString('base64url')}", "${Buffer.from('Engine:none:').toString('base64url')}"]) { __typename id ... on ImageSummary { size } ... on Engine { name } } }`,
    ],
    [
      'references, found and not',
      '{ imagesByReference(references: ["demo/app-2:latest", "none:1"]) { imageId engine { name } } }',
    ],
    [
      'edges and cursors',
      '{ images(first: 3) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }',
    ],
    [
      'nested connections',
      '{ imageRepositories(first: 5) { nodes { name tags { nodes { tag image { children { totalCount nodes { shortId } } } } } images { edges { cursor } } } } }',
    ],
    [
      'filters in variables',
      'query($filter: ImageFilter, $order: [ImageOrder!]) { images(filter: $filter, orderBy: $order) { totalCount nodes { size } } }',
      {
        filter: { or: [{ inUse: true }, { dangling: true }] },
        order: [{ field: 'SIZE', direction: 'DESC' }],
      },
    ],
    [
      'everything of containers',
      '{ images(filter: { inUse: true }) { nodes { usedBy(first: 1, states: [RUNNING]) { nodes { id containerId name state statusText created imageReference image { id } manifest { id } engine { name } } } } } }',
    ],
    ['shared sizes', '{ images { nodes { sharedSize uniqueSize virtualSize } } }'],
    [
      'labels that JSON escapes',
      '{ images(all: true) { nodes { labels { key value redacted } oci { title created baseDigest } label(key: "quoted") } } }',
    ],
  ])('%s', async (_, query, variables) => {
    await executeBoth(query, variables);
  });
});

describe('generated queries', () => {
  /** Values for arguments without which a field cannot be asked for. */
  const GIVEN: Readonly<Record<string, string>> = {
    id: JSON.stringify(IMAGE_ID),
    ids: JSON.stringify([IMAGE_ID]),
    reference: '"demo/app-2:latest"',
    references: '["demo/app-2:latest", "none"]',
    name: '"demo/app-2"',
    key: '"quoted"',
  };

  /** A selection of a type that a generator of numbers decides: fields, aliases, conditions, fragments. */
  function select(type: GraphQLObjectType, next: (below: number) => number, depth: number): string {
    const fields = Object.values(type.getFields()).filter(
      (field) => isLeafType(getNamedType(field.type)) || depth > 0,
    );
    const count = 1 + next(4);
    const chosen = Array.from({ length: count }, (_, at) => {
      const field = fields[next(fields.length)];
      if (field === undefined) return '__typename';
      const args = field.args
        .filter(isRequiredArgument)
        .map(({ name }) => `${name}: ${GIVEN[name]}`);
      if (field.args.some(({ name }) => name === 'first') && next(2) === 0) args.push('first: 2');
      const named = getNamedType(field.type);
      const below = isObjectType(named)
        ? ` { ${select(named, next, depth - 1)} }`
        : isLeafType(named)
          ? ''
          : ` { __typename id ... on ImageSummary { ${select(schema.getType('ImageSummary') as GraphQLObjectType, next, depth - 1)} } }`;
      const condition = [
        '',
        '',
        '',
        ' @skip(if: $yes)',
        ' @include(if: $yes)',
        ' @include(if: $no)',
      ][next(6)];
      return `f${depth}_${at}: ${field.name}${args.length === 0 ? '' : `(${args.join()})`}${condition}${below}`;
    });
    if (next(4) === 0) chosen.push(`... on ${type.name} { __typename }`);
    return chosen.join(' ');
  }

  it('have the same answer, an error included', async () => {
    const Query = schema.getQueryType() as GraphQLObjectType;
    let byColumn = 0;
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1_000_000)), async (numbers) => {
        const next = (below: number): number => numbers.next().value % below;
        const query = `query($yes: Boolean = true, $no: Boolean = false) { __typename ${select(Query, next, 4)} }`;
        const question = { schema, query, context };
        const [expected, actual] = [await interpret(question), await executeByColumn(question)];
        if (actual !== null) {
          byColumn++;
          expect(actual).toEqual(expected);
        } else expect(expected).toHaveProperty('errors');
      }),
      { numRuns: 150 },
    );
    expect(byColumn).toBeGreaterThan(100);
  }, 120_000);
});
