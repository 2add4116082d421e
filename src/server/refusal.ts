import type http from 'node:http';
import type { ErrorCode } from '../errors.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** The values of Host that mean a server. @param host that it listens on, an IPv6 address in brackets */
export function hostsOf(host: string, port: number): ReadonlySet<string> {
  const names = [...LOOPBACK_NAMES, host.toLowerCase()];
  return new Set(names.map((name) => withoutDefaultPort(`${name}:${port}`)));
}

/**
 * Refuses what any web page that a developer visits could otherwise do: reach a loopback server under a name
 * of its own (DNS rebinding), or post a form to it.
 */
export function refusalOf(
  { headers, rawHeaders, method }: http.IncomingMessage,
  ownHosts: ReadonlySet<string>,
): [number, ErrorCode] | null {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && /^host$/i.test(name));
  const host = withoutDefaultPort(headers.host?.toLowerCase() ?? '');
  if (hosts.length !== 1 || !ownHosts.has(host)) return [403, 'HOST_NOT_ALLOWED'];
  const { origin } = headers;
  if (origin !== undefined && withoutDefaultPort(origin) !== `http://${host}`) {
    return [403, 'ORIGIN_NOT_ALLOWED'];
  }
  const isJson = /^application\/json(\s*;\s*charset="?utf-8"?)?$/i;
  if (method === 'POST' && !isJson.test(headers['content-type'] ?? '')) {
    return [415, 'UNSUPPORTED_MEDIA_TYPE'];
  }
  return null;
}

/** Clients leave the port out of Host and Origin where it is the one of http. */
function withoutDefaultPort(authority: string): string {
  return authority.replace(/:80$/, '');
}
