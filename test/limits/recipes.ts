import type { ErrorCode } from '../../src/errors.ts';

/** What no answer may repeat. */
export const SECRET = 'hunter2-do-not-repeat';
export const times = (count: number, part: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => part(at)).join(' ');
/** A selection within itself, so many times. */
const nested = (count: number, open: string, close = '}'): string =>
  `${open.repeat(count)}id${close.repeat(count)}`;
/** Fragments on a type that each spread the next one twice. */
const bomb = (type: string, leaf: string, count = 20): string =>
  `${times(count, (at) => `fragment F${at} on ${type} { ...F${at + 1} ...F${at + 1} }`)} fragment F${count} on ${type} { ${leaf} }`;
export const ask = (query: string, variables: object = {}): string =>
  JSON.stringify({ query, variables });
const entities = (representations: unknown): string =>
  ask('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', {
    r: representations,
  });

const HOP = ' usedBy { nodes { image { ';
/** What is refused whole, each with what it comes to. */
export const refused: [string, string, ErrorCode][] = [
  [
    'Q1 parents of parents',
    ask(`{ image(reference: "x") { ${nested(14, 'parent {')} } }`),
    'MAX_DEPTH_LIMIT',
  ],
  [
    'Q2 containers and back',
    ask(`{ images { nodes { ${nested(5, HOP, '} } } ')} } } }`),
    'MAX_DEPTH_LIMIT',
  ],
  [
    'Q3 depth hidden in three fragments',
    ask(
      `{ image(reference: "x") { ...A } }
       fragment A on ImageSummary { ${'parent {'.repeat(5)} ...B ${'}'.repeat(5)} }
       fragment B on ImageSummary { ${'parent {'.repeat(5)} ...C ${'}'.repeat(5)} }
       fragment C on ImageSummary { ${nested(5, 'parent {')} }`,
    ),
    'MAX_DEPTH_LIMIT',
  ],
  [
    'Q4 fragments that lead back to themselves',
    ask(
      `{ images { nodes { ...A } } } fragment A on ImageSummary { id ...B ...B }
       fragment B on ImageSummary { id ...A ...A }`,
    ),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q4 a fragment of itself',
    ask('{ ...A } fragment A on Query { ...A }'),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q5 31 aliases',
    ask(`{ engine { ${times(31, (at) => `a${at}: name`)} } }`),
    'MAX_ALIASES_LIMIT',
  ],
  [
    'Q6 101 aliases of __typename',
    ask(`{ ${times(101, (at) => `a${at}: __typename`)} }`),
    'MAX_ALIASES_LIMIT',
  ],
  [
    'Q24 60,000 objects in a variable',
    ask('query ($f: ImageFilter) { images(filter: $f) { totalCount } }', {
      f: { labels: Array.from({ length: 60_000 }, () => ({})) },
    }),
    'BAD_USER_INPUT',
  ],
  [
    'Q24 9,000 keys that a variable does not have',
    ask('query ($f: ImageFilter) { images(filter: $f) { totalCount } }', {
      f: Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`k${at}`, 0])),
    }),
    'BAD_USER_INPUT',
  ],
  ['Q7 500 times __typename', ask(`{ ${'__typename '.repeat(500)} }`), 'MAX_ROOT_FIELDS_LIMIT'],
  ['Q8 2,001 fields', ask(`{ ${'__typename '.repeat(2_001)} }`), 'GRAPHQL_PARSE_FAILED'],
  ['Q9 an open brace 30,000 times', ask('{a'.repeat(30_000)), 'GRAPHQL_PARSE_FAILED'],
  [
    'Q9 an open bracket 30,000 times',
    ask(`{image(reference:${'['.repeat(30_000)}`),
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'Q10 21 directives',
    ask(`{ __typename ${'@include(if: true) '.repeat(21)} }`),
    'MAX_DIRECTIVES_LIMIT',
  ],
  [
    'Q10 21 directives over a fragment',
    ask(`{ ${'...A '.repeat(7)} } fragment A on Query @a { __typename @b @c }`),
    'MAX_DIRECTIVES_LIMIT',
  ],
  [
    'Q10 21 directives below __schema',
    ask(`{ __schema { types { name ${'@include(if: true) '.repeat(21)} } } }`),
    'MAX_DIRECTIVES_LIMIT',
  ],
  [
    'Q10 ten unknown directives',
    ask(`{ __typename ${times(10, (at) => `@a${at}`)} }`),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q11 a fragment bomb',
    ask(`{ images { nodes { ...F0 } } } ${bomb('ImageSummary', 'id')}`),
    'MAX_FIELDS_LIMIT',
  ],
  [
    'Q11 a fragment bomb at the top',
    ask(`{ ...F0 } ${bomb('Query', '__typename')}`),
    'MAX_FIELDS_LIMIT',
  ],
  [
    'Q11 a fragment bomb that nothing spreads',
    ask(`{ __typename } ${bomb('Query', '__typename')}`),
    'MAX_FIELDS_LIMIT',
  ],
  [
    'Q11 a fragment bomb of aliases below __schema',
    ask(
      `{ __schema { types { ...F0 } } } ${times(20, (at) => `fragment F${at} on __Type { a: ofType { ...F${at + 1} } b: ofType { ...F${at + 1} } }`)} fragment F20 on __Type { name }`,
    ),
    'MAX_ALIASES_LIMIT',
  ],
  [
    'Q12 600 unknown fields',
    ask(`{ engine { ${times(600, (at) => `x${at}`)} } }`),
    'MAX_FIELDS_LIMIT',
  ],
  [
    'Q12 400 unknown fields',
    ask(`{ engine { ${times(400, (at) => `x${at}`)} } }`),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q12 5,000 unknown fields',
    ask(`{ ${times(5_000, (at) => `x${at}`)} }`),
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'Q13 3,000 unused fragments',
    ask(`{ __typename } ${times(3_000, (at) => `fragment f${at} on Query { __typename }`)}`),
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'Q13 10,000 operations',
    ask(times(10_000, (at) => `query q${at} { a }`)),
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'Q13 10,000 variables',
    ask(`query (${times(10_000, (at) => `$v${at}: Int`)}) { __typename }`),
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'Q14 overlapping fields, 1,500 times',
    ask(`{ ${'images { nodes { id } } '.repeat(1_500)} }`),
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'Q14 overlapping fields, as many as may be',
    ask(`{ ${'images { nodes { id usedBy { nodes { id } } } } '.repeat(66)} }`),
    'MAX_ROOT_FIELDS_LIMIT',
  ],
  ['Q17 2147483648 items', ask('{ images(first: 2147483648) { totalCount } }'), 'BAD_USER_INPUT'],
  ['Q17 "5" items', ask('{ images(first: "5") { totalCount } }'), 'BAD_USER_INPUT'],
  ['Q17 1.5 items', ask('{ images(first: 1.5) { totalCount } }'), 'BAD_USER_INPUT'],
  ['Q17 true items', ask('{ images(first: true) { totalCount } }'), 'BAD_USER_INPUT'],
  [
    'Q19 11 questions to registries',
    ask(
      `{ image(reference: "x") { repoTags { ${times(11, (at) => `a${at}: updateCheck { status }`)} } } }`,
    ),
    'EXPENSIVE_FIELD_LIMIT',
  ],
  [
    'Q19 11 questions to registries over fragments',
    ask(
      `{ images { nodes { repoTags { ${'...A '.repeat(10)} } declaredBase { updateCheck { status } } } } } fragment A on RepoTag { registry { descriptor { digest } } }`,
    ),
    'EXPENSIVE_FIELD_LIMIT',
  ],
  [
    'Q19 11 questions for disk usage',
    ask(
      `{ prunePreview { reclaimableSize } engines { ${times(10, (at) => `a${at}: imageDiskUsage { totalSize }`)} } }`,
    ),
    'EXPENSIVE_FIELD_LIMIT',
  ],
  [
    'Q26 circular introspection',
    ask(`{ __schema { types { ${'fields { type {'.repeat(4)} name ${'} }'.repeat(4)} } } }`),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q30 a mutation',
    ask(`mutation { removeImage(reference: "${SECRET}") }`),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'Q32 an unknown hash alone',
    JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: SECRET } } }),
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  [
    'Q33 a reference of 200 KB',
    ask('query ($r: ImageReference!) { image(reference: $r) { id } }', { r: SECRET.repeat(9_500) }),
    'INVALID_REFERENCE',
  ],
];

/** What only the field that it is wrong with goes without: an answer of status 200. */
export const answered: [string, string, ErrorCode][] = [
  ['Q15 1,001 items', ask('{ images(first: 1001) { totalCount } }'), 'PAGE_SIZE_OUT_OF_RANGE'],
  [
    'Q15 a million by a variable',
    ask('query ($n: Int) { images(first: $n) { totalCount } }', { n: 1e6 }),
    'PAGE_SIZE_OUT_OF_RANGE',
  ],
  [
    'Q15 a million by default',
    ask('query ($n: Int = 1000000) { images(first: $n) { totalCount } }'),
    'PAGE_SIZE_OUT_OF_RANGE',
  ],
  ['Q16 no item', ask('{ images(first: 0) { totalCount } }'), 'PAGE_SIZE_OUT_OF_RANGE'],
  ['Q16 -1 items', ask('{ images(first: -1) { totalCount } }'), 'PAGE_SIZE_OUT_OF_RANGE'],
  [
    'Q20 a cursor that is a path',
    ask(`{ images(after: "../../${SECRET}") { totalCount } }`),
    'BAD_USER_INPUT',
  ],
  [
    'Q20 a cursor of another list',
    ask('query ($c: String) { images(after: $c) { totalCount } }', {
      c: Buffer.from('["tags","a"]').toString('base64url'),
    }),
    'BAD_USER_INPUT',
  ],
  [
    'Q20 a cursor of 200 KB',
    ask('query ($c: String) { images(after: $c) { totalCount } }', { c: SECRET.repeat(9_500) }),
    'BAD_USER_INPUT',
  ],
  [
    'Q22 101 representations',
    entities(
      times(101, () => 'x')
        .split(' ')
        .map(() => ({ __typename: 'Engine', name: 'e' })),
    ),
    'TOO_MANY_REPRESENTATIONS',
  ],
  [
    'Q23 a representation without its key',
    entities([{ __typename: 'EngineContainer' }]),
    'BAD_USER_INPUT',
  ],
  [
    'Q23 a representation of no entity',
    entities([{ __typename: 'Mutation', id: SECRET }]),
    'BAD_USER_INPUT',
  ],
  [
    'Q23 a representation of 9,000 brackets',
    ask('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', {
      r: '@',
    }).replace('"@"', `${'['.repeat(9_000)}${']'.repeat(9_000)}`),
    'BAD_USER_INPUT',
  ],
];
