/**
 * What an engine may be sent, written once more from the Engine API's reference and not from
 * src/engine/allowed-paths.ts: a request line as a whole, with the query.
 */
const COMPONENT = String.raw`[A-Za-z0-9_][\w.:@-]*`;
const NAME = `(?:${COMPONENT}/)*${COMPONENT}`;
const KEY = '(?:all|manifests|shared-size|filters|type|since|platform|statement)';
const QUERY = String.raw`(?:\?${KEY}=[\w.%*+-]*(?:&${KEY}=[\w.%*+-]*)*)?`;
const VERSIONED = [
  'info',
  'images/json',
  `images/${NAME}/(?:json|history|attestations)`,
  `distribution/${NAME}/json`,
  'containers/json',
  'containers/[0-9a-f]{64}/json',
  'system/df',
  'events',
];
const LINE = new RegExp(
  String.raw`^(?:HEAD /_ping|GET /_ping|GET /version|GET /v1\.[2-5]\d/(?:${VERSIONED.join('|')})${QUERY}) HTTP/1\.1$`,
);
const HEADER =
  /^(?:host: (?:docker|127\.0\.0\.1:\d+)|connection: (?:keep-alive|close)|x-registry-auth: [\w=-]+)$/i;

/** Heads of requests that an engine must never see: another endpoint, method or header, or a dot segment. */
export function foreign(heads: Iterable<string>): readonly string[] {
  return [...new Set(heads)].filter((head) => !isAllowed(head));
}

function isAllowed(head: string): boolean {
  const [line = '', ...headers] = head.split('\r\n');
  const [path = ''] = line.split('?');
  return LINE.test(line) && !path.includes('..') && headers.every((header) => HEADER.test(header));
}
