import fc from 'fast-check';

export const ID = 'c'.repeat(64);
const NAMES = [
  'alpine',
  'alpine:3.20',
  'library/alpine:latest',
  'ghcr.io/owner/app-name_x/y.z:V1.0-rc.1',
  'localhost:5000/a/b',
  `docker.io/library/alpine@sha256:${ID}`,
  `sha256:${ID}`,
  'abcd',
];
/** What give away more than images, or lead elsewhere. */
export const FORBIDDEN = `
  /containers/${ID}/archive /containers/${ID}/export /containers/${ID}/logs /containers/${ID}/attach/ws
  /containers/${ID}/stats /containers/${ID}/top /containers/${ID}/changes /exec/${ID}/json
  /images/get /images/alpine/get /images/search /secrets /configs /swarm /volumes /networks /plugins /tasks /nodes
  /services /session /images/../containers/json /images/%2e%2e/containers/x/json //images/json /images/json/
  /v2/images/json /v1.51/v1.51/images/json /_ping/x /`
  .trim()
  .split(/\s+/);
const PARTS =
  `/ // . .. %2e %2f %5c v1.51 images json containers exec history get archive alpine : @ ${ID} events system df % distribution`
    .split(' ')
    .concat(' ', '\n');

/** What the gateway may ask of a route of the allow-list. */
export function pathsOf(route: string): string[] {
  return NAMES.map((name) => route.replace('{name}', name).replace('{id}', ID));
}

/** Paths that are put together at random. */
export const anyTarget = fc
  .array(fc.constantFrom(...PARTS), { maxLength: 8 })
  .map((parts) => `/${parts.join('')}`);
