import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../src/limits/check-document.ts';
import { type DocumentSize, sizesOf } from '../../src/limits/document-size.ts';
import { limitsTable } from '../../src/limits/limits.ts';
import { schema } from '../../src/schema/index.ts';
import { createFixedIndex } from '../support/fixed-index.ts';
import { ANY_DOCUMENT, createIndexGateway } from '../support/gateway.ts';

/** A part of a selection on an image. */
type Part =
  | { readonly kind: 'leaf'; readonly alias: boolean; readonly directives: number }
  | { readonly kind: 'parent'; readonly alias: boolean; readonly directives: number; below: Part[] }
  | { readonly kind: 'base'; readonly directives: number }
  | { readonly kind: 'inline'; readonly directives: number; readonly below: Part[] }
  /** Of the fragments after the one that it stands in, so that none leads back. */
  | { readonly kind: 'spread'; readonly directives: number; readonly ahead: number };

const directives = fc.nat({ max: 2 });
const { selection } = fc.letrec<{ part: Part; selection: Part[] }>((tie) => ({
  selection: fc.array(tie('part'), { minLength: 1, maxLength: 3 }),
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('leaf' as const), alias: fc.boolean(), directives }),
    fc.record({ kind: fc.constant('base' as const), directives }),
    fc.record({ kind: fc.constant('spread' as const), directives, ahead: fc.nat({ max: 2 }) }),
    fc.record({
      kind: fc.constant('parent' as const),
      alias: fc.boolean(),
      directives,
      below: tie('selection'),
    }),
    fc.record({ kind: fc.constant('inline' as const), directives, below: tie('selection') }),
  ),
}));
/** The operation's selection, then those of its fragments. */
const documents = fc.tuple(selection, selection, selection, selection);
type Drawn = readonly Part[][];

/** The same alias for the same field only, so that what is drawn is valid. */
function written(parts: readonly Part[], at: number): string {
  return parts
    .map((part) => {
      const on = ['', ' @include(if: true)', ' @include(if: true) @skip(if: false)'][
        part.directives
      ];
      if (part.kind === 'leaf') return `${part.alias ? 'a: id' : 'id'}${on}`;
      if (part.kind === 'base') return `declaredBase${on} { updateCheck { status } }`;
      if (part.kind === 'spread') return spreadOf(part.ahead, at, on ?? '');
      const below = written(part.below, at);
      if (part.kind === 'inline') return `... on ImageSummary${on} { ${below} }`;
      return `${part.alias ? 'p: parent' : 'parent'}${on} { ${below} }`;
    })
    .join(' ');
}

const LAST = 3;
const targetOf = (ahead: number, at: number) => at + 1 + ahead;
const spreadOf = (ahead: number, at: number, on: string) =>
  targetOf(ahead, at) > LAST ? `id${on}` : `...F${targetOf(ahead, at)}${on}`;

function toText(drawn: Drawn): string {
  const [operation = [], ...fragments] = drawn;
  const spreadAll = fragments.map((_, at) => `...F${at + 1}`).join(' ');
  return [
    `{ image(reference: "x") { ${written(operation, 0)} ${spreadAll} } }`,
    ...fragments.map(
      (parts, at) => `fragment F${at + 1} on ImageSummary { ${written(parts, at + 1)} }`,
    ),
  ].join('\n');
}

/** The same by spreading everything out, each time anew. */
function countOf(
  parts: readonly Part[],
  at: number,
  drawn: Drawn,
): Omit<DocumentSize, 'rootFields'> {
  const counts = parts.map((part) => {
    const nothing = { depth: 0, aliases: 0, fields: 0, directives: 0, expensiveFields: 0 };
    const own = { ...nothing, directives: part.directives };
    if (part.kind === 'leaf') return { ...own, depth: 1, fields: 1, aliases: part.alias ? 1 : 0 };
    if (part.kind === 'base') return { ...own, depth: 3, fields: 3, expensiveFields: 1 };
    if (part.kind === 'spread' && targetOf(part.ahead, at) > LAST)
      return { ...own, depth: 1, fields: 1 };
    const below =
      part.kind === 'spread'
        ? countOf(drawn[targetOf(part.ahead, at)] ?? [], targetOf(part.ahead, at), drawn)
        : countOf(part.below, at, drawn);
    const isField = part.kind === 'parent' ? 1 : 0;
    return {
      ...below,
      depth: below.depth + isField,
      fields: below.fields + isField,
      aliases: below.aliases + (part.kind === 'parent' && part.alias ? 1 : 0),
      directives: below.directives + part.directives,
    };
  });
  const sum = (name: 'aliases' | 'fields' | 'directives' | 'expensiveFields') =>
    counts.reduce((total, count) => total + count[name], 0);
  return {
    depth: Math.max(...counts.map(({ depth }) => depth)),
    aliases: sum('aliases'),
    fields: sum('fields'),
    directives: sum('directives'),
    expensiveFields: sum('expensiveFields'),
  };
}

function expectedOf(drawn: Drawn): DocumentSize {
  const everything: Part[] = [
    ...(drawn[0] ?? []),
    ...[0, 1, 2].map((ahead) => ({ kind: 'spread', directives: 0, ahead }) as const),
  ];
  const { depth, fields, ...rest } = countOf(everything, 0, drawn);
  return { ...rest, depth: depth + 1, fields: fields + 1, rootFields: 1 };
}

describe('a document that fast-check has drawn', () => {
  it('is as large as it is when its fragments are spread out', () => {
    fc.assert(
      fc.property(documents, (drawn) => {
        expect(sizesOf(parse(toText(drawn)), schema)[0]).toEqual(expectedOf(drawn));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['depth', 'aliases', 'fields', 'directives', 'expensiveFields'] as const)(
    'passes when it is as large as the limit of %s, and fails when it is one larger',
    (name) => {
      const code = limitsTable.find((row) => row.name === name)?.code;
      const any = { ...ANY_DOCUMENT, directives: Infinity, expensiveFields: Infinity };
      fc.assert(
        fc.property(documents, (drawn) => {
          const document = parse(toText(drawn));
          const size = expectedOf(drawn)[name];
          checkDocument(document, schema, { ...any, [name]: size });
          fc.pre(size > 0);
          const check = () => checkDocument(document, schema, { ...any, [name]: size - 1 });
          expect(check).toThrow(expect.objectContaining({ extensions: { code } }));
        }),
        { numRuns: 1_000 },
      );
    },
  );

  it('is answered or refused by its size alone, whatever was asked before', async () => {
    const limits = { depth: 6, aliases: 4, fields: 12, directives: 4, expensiveFields: 2 };
    const gateway = createIndexGateway([createFixedIndex('e')], { limits });
    await fc.assert(
      fc.asyncProperty(documents, async (drawn) => {
        const size = expectedOf(drawn);
        const isBeyond = Object.entries(limits).some(
          ([name, most]) => size[name as keyof DocumentSize] > most,
        );
        const { data, errors } = await gateway.ask(toText(drawn));
        expect(errors?.[0]?.extensions['code'] ?? null).toEqual(
          isBeyond ? expect.stringMatching(/_LIMIT$/) : null,
        );
        expect(data).toEqual(isBeyond ? undefined : { image: null });
      }),
      { numRuns: 1_000 },
    );
    gateway.close();
  });
});

describe('at the top of an operation', () => {
  it('a document passes with as many fields as the limit, and fails with one more', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), (isSpread) => {
        const parts = isSpread.map((spread) => (spread ? '...F' : '__typename')).join(' ');
        const needed = isSpread.includes(true) ? ' fragment F on Query { __typename }' : '';
        const document = parse(`{ ${parts} }${needed}`);
        checkDocument(document, schema, { ...ANY_DOCUMENT, rootFields: isSpread.length });
        const limits = { ...ANY_DOCUMENT, rootFields: isSpread.length - 1 };
        expect(() => checkDocument(document, schema, limits)).toThrow(
          expect.objectContaining({ extensions: { code: 'MAX_ROOT_FIELDS_LIMIT' } }),
        );
      }),
    );
  });
});

it('a document passes with as many tokens as the limit, and fails with one more', async () => {
  const gateway = createIndexGateway([createFixedIndex('e')], {
    limits: { ...ANY_DOCUMENT, tokens: 300 },
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 290, max: 310 }), async (tokens) => {
      // graphql-js counts the braces, and the end of the text not.
      const { errors } = await gateway.ask(`{ ${'__typename '.repeat(tokens - 2)} }`);
      expect(errors?.[0]?.extensions['code']).toBe(
        tokens > 300 ? 'GRAPHQL_PARSE_FAILED' : undefined,
      );
    }),
  );
});
