import { page, type Query } from '../query.ts';
import { anyOf } from './faults.ts';

/** What is sent, and what becomes of it besides the answer. */
export interface Request {
  readonly kind: string;
  readonly body: string;
  /** A stream of events, which is left again. */
  readonly isStream?: boolean;
  /** After so many milliseconds the client has gone. */
  readonly leavesAfterMs?: number;
  /** Whether the healthy engine's images must be in the answer, whatever the others do. */
  readonly needsHealthy?: boolean;
}

/** Few enough that all caches of documents and details are full after the first round. */
const DIFFERENT = 40;
const IMAGES = 10_000;

const number = (below: number): number => Math.floor(Math.random() * below);
const nameOf = (image: number): string => `many/app-${image}:1.${image % 7}`;
const send = (
  kind: string,
  { query, variables = {} }: Query,
  rest: Partial<Request> = {},
): Request => ({
  kind,
  body: JSON.stringify({ query, variables }),
  ...rest,
});

const HEALTHY =
  'query($n: Int) { healthy: engine(name: "sample") { images(first: $n) { nodes { id } } } }';
const LOOK_UP =
  'query($r: ImageReference!) { image(reference: $r) { id imageId size repoTags { reference } } }';
const LOOK_UPS = 'query($r: [ImageReference!]!) { imagesByReference(references: $r) { id size } }';
const DETAILS = `query($r: ImageReference!) { image(reference: $r) { config { environment { name value } command }
  layers { diffId size } history { createdBy } } }`;
const REPOSITORIES =
  'query($s: String) { imageRepositories(first: 10, search: $s) { totalCount nodes { name tags { totalCount } } } }';
const ENGINES = '{ engines { name status version index { mode images age } } }';
const EVENTS = 'subscription { imageEvents { action reference time image { id size } } }';

const FILTERS: readonly (() => object)[] = [
  () => ({ labels: [{ key: 'team', value: `team-${number(20)}` }] }),
  () => ({ search: `app-${number(DIFFERENT)}` }),
  () => ({ references: [`many/app-${number(100)}*`], inUse: false }),
];

/**
 * How each kind is made; the more often it is named, the more often it is sent. Altogether they take half a core: a
 * machine that does other things besides must not be what is measured.
 */
const KINDS: readonly (() => Request)[] = [
  () =>
    send(
      'page',
      page(20 + 20 * number(3), { orderBy: [{ field: anyOf(['CREATED', 'NAME', 'SIZE']) }] }),
    ),
  () => send('filter', page(20, { filter: anyOf(FILTERS)() })),
  () => send('look-up', { query: LOOK_UP, variables: { r: nameOf(number(IMAGES)) } }),
  () =>
    send('look-up', {
      query: LOOK_UPS,
      variables: { r: Array.from({ length: 20 }, () => nameOf(number(IMAGES))) },
    }),
  () => send('details', { query: DETAILS, variables: { r: nameOf(number(DIFFERENT)) } }),
  () =>
    send('details', { query: DETAILS, variables: { r: `demo/app-${1 + number(DIFFERENT)}:1` } }),
  () => send('repositories', { query: REPOSITORIES, variables: { s: `app-${number(DIFFERENT)}` } }),
  () => send('engines', { query: ENGINES }),
  () => send('healthy', { query: HEALTHY, variables: { n: 3 } }, { needsHealthy: true }),
  () =>
    send('subscription', { query: EVENTS }, { isStream: true, leavesAfterMs: 200 + number(3_000) }),
  () => send('left', page(100), { leavesAfterMs: number(50) }),
  () =>
    send('bad input', {
      query: LOOK_UP,
      variables: { r: anyOf(['', '..', '../containers/json', 'a//b', 'x\r\ny']) },
    }),
  () => send('bad input', { query: `{ unknown${number(DIFFERENT)} }` }),
  () =>
    send('bad input', {
      query: '{ engine(name: "nobody") { name } images(first: 0) { totalCount } }',
    }),
  () => ({ kind: 'bad input', body: anyOf(['{', 'null', '[]', '{"query":1}', '{"query":"{"}']) }),
];

/** The next request, by chance. */
export function anyRequest(): Request {
  return anyOf(KINDS)();
}
