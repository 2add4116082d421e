import type { Endpoint, TlsMaterial } from '../engine/endpoint.ts';
import { parseEndpointUrl } from '../engine/endpoint-url.ts';

/** Where an engine listens, or a sentence that says why that cannot be told. */
export type EndpointOrProblem = { readonly endpoint: Endpoint } | { readonly problem: string };

/**
 * What DOCKER_HOST or the Host of a Docker context means, which know fewer forms than --engine and keep
 * their certificates elsewhere.
 * @param tls null where tcp is plain; sockets and ssh have no use for it
 */
export function dockerEndpoint(host: string, tls: TlsMaterial | null): EndpointOrProblem {
  const parsed = parseEndpointUrl(host, { tls: tls !== null });
  if ('problem' in parsed) return parsed;
  const { endpoint, certificates } = parsed;
  if (['layout', 'archive', 'sample'].includes(endpoint.kind) || certificates !== null) {
    return { problem: 'Docker has no such form; give it to --engine' };
  }
  return { endpoint: endpoint.kind === 'tls' ? { ...endpoint, ...tls } : endpoint };
}
