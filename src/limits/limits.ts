import { type ErrorCode, MESSAGES, PublicError } from '../errors.ts';

/** How much a client may ask for, in one respect. */
export interface Limit {
  /** As --limit, and createGateway, take it. */
  readonly name: string;
  readonly default: number;
  /** The default where others than this machine can connect, if it is another. */
  readonly exposed?: number;
  /** The bounds of what may be configured. */
  readonly lowest: number;
  readonly highest: number;
  /** What is said beyond it; null where nothing is refused. */
  readonly code: ErrorCode | null;
  /** The text where that of the code says something else. */
  readonly says?: string;
  readonly meaning: string;
}

/**
 * Every limit there is: configuration, refusals and docs/limits.md read this one table. Texts name the number of the
 * default, and a configured one takes its place.
 */
export const limitsTable = [
  {
    name: 'tokens',
    default: 1_000,
    // GraphiQL's introspection has 184.
    lowest: 200,
    highest: 20_000,
    code: 'GRAPHQL_PARSE_FAILED',
    says: 'The query has more than 1000 tokens. Ask for less at once.',
    meaning: 'names, values and punctuation of a document, counted before it is parsed',
  },
  {
    name: 'depth',
    default: 15,
    lowest: 1,
    highest: 100,
    code: 'MAX_DEPTH_LIMIT',
    meaning: 'fields within fields, the innermost one included',
  },
  {
    name: 'aliases',
    default: 30,
    lowest: 0,
    highest: 1_000,
    code: 'MAX_ALIASES_LIMIT',
    meaning: 'fields with an alias, `__typename` too',
  },
  {
    name: 'rootFields',
    default: 20,
    lowest: 1,
    highest: 1_000,
    code: 'MAX_ROOT_FIELDS_LIMIT',
    meaning: 'fields at the top of an operation',
  },
  {
    name: 'fields',
    default: 500,
    lowest: 1,
    highest: 10_000,
    code: 'MAX_FIELDS_LIMIT',
    meaning: 'fields of an operation in all',
  },
  {
    name: 'directives',
    default: 20,
    lowest: 0,
    highest: 1_000,
    code: 'MAX_DIRECTIVES_LIMIT',
    meaning: 'uses of `@include`, `@skip` and the like',
  },
  {
    name: 'expensiveFields',
    default: 10,
    lowest: 0,
    highest: 1_000,
    code: 'EXPENSIVE_FIELD_LIMIT',
    meaning:
      'selections that ask a registry, add up disk usage or foresee a prune, however many rows they are in',
  },
  {
    name: 'page',
    default: 1_000,
    lowest: 1,
    highest: 10_000,
    code: 'PAGE_SIZE_OUT_OF_RANGE',
    meaning:
      '`first` or `last` of a list; 1 is the least, and 50 are given when neither is asked for',
  },
  {
    name: 'rows',
    default: 100_000,
    lowest: 1,
    highest: 10_000_000,
    code: 'QUERY_TOO_COMPLEX',
    meaning: 'rows of an answer, counted with the real sizes of nested lists',
  },
  {
    name: 'examined',
    default: 2_000_000,
    lowest: 1_000,
    highest: 1_000_000_000,
    code: 'QUERY_TOO_COMPLEX',
    says: 'More than 2000000 images and conditions would have to be looked at. Ask for less at once.',
    meaning:
      'what is looked at to find them: images, each with every condition of a filter, and items of lists',
  },
  {
    name: 'answer',
    default: 16,
    lowest: 1,
    highest: 500,
    code: 'QUERY_TOO_COMPLEX',
    says: 'The answer would have more than 16 MB. Ask for smaller pages.',
    meaning: 'megabytes of an answer, each a million characters of its JSON, and bytes in UTF-8',
  },
  {
    name: 'references',
    default: 100,
    lowest: 1,
    highest: 1_000,
    code: 'BAD_USER_INPUT',
    says: 'Ask for 100 references or ids at most.',
    meaning: 'references in one `imagesByReference`, ids in one `nodes`',
  },
  {
    name: 'representations',
    default: 100,
    lowest: 1,
    highest: 1_000,
    code: 'TOO_MANY_REPRESENTATIONS',
    meaning: 'entities in one `_entities`, which routers ask for',
  },
  {
    name: 'errors',
    default: 5,
    lowest: 1,
    highest: 100,
    code: null,
    meaning: 'errors that an answer shows, the first of each engine and code before all others',
  },
  {
    name: 'operations',
    default: 0,
    lowest: 0,
    highest: 10_000,
    code: 'OVERLOADED',
    meaning:
      'operations of more than 6 fields or 3 levels that are executed at once, 0 is 24 for each 256 MB of heap; 100 wait for 5 s at most, one more gets 503',
  },
  {
    name: 'subscriptions',
    default: 100,
    lowest: 0,
    highest: 10_000,
    code: 'SUBSCRIPTION_LIMIT',
    meaning: 'open subscriptions of all clients; one more gets 503',
  },
  {
    name: 'clientSubscriptions',
    default: 10,
    lowest: 0,
    highest: 10_000,
    code: 'SUBSCRIPTION_LIMIT',
    meaning: 'open subscriptions of one client; one more gets 429',
  },
  {
    name: 'clientConnections',
    default: 500,
    exposed: 100,
    lowest: 1,
    highest: 10_000,
    code: null,
    meaning: 'open connections of one address; one more is closed; 500 are taken of all together',
  },
  {
    name: 'unread',
    // Two of the longest answers.
    default: 32,
    lowest: 1,
    highest: 10_000,
    code: null,
    meaning:
      'megabytes that all clients together may leave unread; the connection that has waited longest is closed',
  },
  {
    name: 'rate',
    default: 0,
    exposed: 100,
    lowest: 0,
    highest: 100_000,
    code: 'RATE_LIMITED',
    meaning: 'requests of one client each second, twice as many at once; 0 counts none',
  },
] as const satisfies readonly Limit[];

type Row = (typeof limitsTable)[number];

/** The name of a limit. */
export type LimitName = Row['name'];

/** Those beyond which something is refused. */
export type RefusingLimit = Exclude<Row, { readonly code: null }>['name'];

/** Each limit's number. */
export type Limits = Readonly<Record<LimitName, number>>;

/** The largest body of a request, in bytes: no document of the limits above is near it. */
export const MAX_BODY_BYTES = 256 * 1024;

/** What holds on a machine that nobody else reaches. */
export const DEFAULT_LIMITS: Limits = limitsOf((row) => row.default);

/** What holds when nothing else is said. @param isExposed whether others than this machine can connect */
export function defaultLimits(isExposed: boolean): Limits {
  return limitsOf((row: Limit) => (isExposed ? (row.exposed ?? row.default) : row.default));
}

function limitsOf(numberOf: (row: Row) => number): Limits {
  return Object.fromEntries(limitsTable.map((row) => [row.name, numberOf(row)])) as Limits;
}

/** The error of what is beyond a limit, with the number that is configured. */
export function beyond(name: RefusingLimit, limits: Limits, extensions: object = {}): PublicError {
  const row: Limit = limitsTable.find((one) => one.name === name) as Row;
  const code = row.code as ErrorCode;
  const text = row.says ?? MESSAGES[code];
  const said = text.replace(new RegExp(`\\b${row.default}\\b`), String(limits[name]));
  return new PublicError(code, said, extensions);
}
