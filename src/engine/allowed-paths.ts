/**
 * The wall: the only requests that may reach an engine, each pattern anchored at both ends. The socket
 * behind the gateway is root on its host, so this list is the last check before the first byte, after
 * references have been parsed and paths built from their parts.
 */
// No component is a dot segment, which some servers and proxies would resolve into another endpoint; none has two dots in
// a row, nor a percent sign, however often it is decoded.
const COMPONENT = String.raw`[A-Za-z0-9_](?:\.?[A-Za-z0-9_:@-])*\.?`;
const PARTS: Readonly<Record<string, string>> = {
  '{name}': `${COMPONENT}(?:/${COMPONENT})*`,
  '{id}': '[0-9a-f]{64}',
};

/** Every endpoint that may be asked: {name} is an image reference, {id} a container ID. */
export const ROUTES = [
  '/_ping',
  '/version',
  '/info',
  '/images/json',
  '/images/{name}/json',
  '/images/{name}/history',
  '/images/{name}/attestations',
  '/distribution/{name}/json',
  '/containers/json',
  '/containers/{id}/json',
  '/system/df',
  '/events',
] as const;

const PATTERNS = ROUTES.map((route) => {
  const pattern = route.replace(/\{\w+\}/, (part) => PARTS[part] as string);
  return { route, pattern: new RegExp(`^${pattern}$`) };
});

/**
 * Which of the endpoints that may be asked a request is for; null for one that may not be sent. It holds no
 * name of an image, so that it can be shown.
 * @param path without the API version prefix and without the query
 */
export function routeOf(method: string, path: string): string | null {
  if (method !== 'GET' && !(method === 'HEAD' && path === '/_ping')) return null;
  return PATTERNS.find(({ pattern }) => pattern.test(path))?.route ?? null;
}
