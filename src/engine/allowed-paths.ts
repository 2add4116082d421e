/**
 * The wall: the only requests that may reach an engine, each pattern anchored at both ends. The socket
 * behind the gateway is root on its host, so this list is the last check before the first byte, after
 * references have been parsed and paths built from their parts.
 */
const PART = '[A-Za-z0-9_][A-Za-z0-9._:@-]*';
const NAME = `${PART}(?:/${PART})*`;

const ALLOWED: readonly RegExp[] = [
  /^\/_ping$/,
  /^\/version$/,
  /^\/info$/,
  /^\/images\/json$/,
  new RegExp(`^/images/${NAME}/(?:json|history|attestations)$`),
  new RegExp(`^/distribution/${NAME}/json$`),
  /^\/containers\/json$/,
  /^\/containers\/[0-9a-f]{64}\/json$/,
  /^\/system\/df$/,
  /^\/events$/,
];

/**
 * Whether a request may be sent.
 * @param path without the API version prefix and without the query
 */
export function isAllowed(method: string, path: string): boolean {
  if (method !== 'GET' && !(method === 'HEAD' && path === '/_ping')) return false;
  // No part begins with a dot, so none is a dot segment. No name has two in a row, whoever would decode it once more.
  if (path.includes('..')) return false;
  return ALLOWED.some((pattern) => pattern.test(path));
}
