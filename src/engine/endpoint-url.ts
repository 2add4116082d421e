import { isIPv6 } from 'node:net';
import type { Endpoint } from './endpoint.ts';

/** A URL as read: the endpoint, and the folder of PEM files that its `?certs=` names. Or what is wrong with it. */
export type EndpointUrl =
  | { readonly endpoint: Endpoint; readonly certificates: string | null }
  | { readonly problem: string };

interface UrlOptions {
  /** tcp:// and http:// mean TLS, as with DOCKER_TLS_VERIFY or a Docker context that has certificates. */
  readonly tls?: boolean;
}

const HOST_AND_PORT =
  /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_][A-Za-z0-9._-]*))(?::([0-9]{1,5}))?\/?$/;
// User, host and path become arguments of ssh, and the path is read by a shell on the other side: nothing
// but these characters, and none of them first that ssh could take for an option.
const SSH =
  /^(?:([A-Za-z0-9_][A-Za-z0-9_.-]*)@)?(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_][A-Za-z0-9._-]*))(?::([0-9]{1,5}))?(\/[A-Za-z0-9._/-]*)?$/;
const PIPE = /^\/\/\.\/pipe\/[A-Za-z0-9_.-]+$/;
const FORMS =
  'unix:///path, tcp://host:port, https://host:port, ssh://user@host, npipe:////./pipe/name, oci:DIR, archive:FILE, context:NAME or sample';

/**
 * Where an engine listens, from its URL: unix, tcp, http (as tcp), https, ssh, npipe, oci, archive, or the word sample.
 * Nothing is read and nothing is asked; paths are taken as they are written, without percent-decoding.
 */
export function parseEndpointUrl(text: string, { tls = false }: UrlOptions = {}): EndpointUrl {
  if (text === 'sample') return plain({ kind: 'sample' });
  if (hasControlCharacter(text)) return { problem: 'it has control characters' };
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  const rest = text.slice(colon + 1);
  if (scheme === 'oci' || scheme === 'archive') return parseFileUrl(scheme, rest);
  if (!rest.startsWith('//')) return { problem: `it is none of ${FORMS}` };
  const address = rest.slice(2);
  switch (scheme) {
    case 'unix':
      return parseUnix(address);
    case 'npipe':
      return parsePipe(address);
    case 'tcp':
    case 'http':
      return tls ? parseTls(address) : parseTcp(address);
    case 'https':
      return parseTls(address);
    case 'ssh':
      return parseSsh(address);
    default:
      return { problem: `${scheme}:// is not supported: it is none of ${FORMS}` };
  }
}

function plain(endpoint: Endpoint): EndpointUrl {
  return { endpoint, certificates: null };
}

function parseFileUrl(scheme: 'oci' | 'archive', path: string): EndpointUrl {
  const what = scheme === 'oci' ? 'DIR' : 'FILE';
  if (path === '' || path.startsWith('//')) {
    return { problem: `write ${scheme}:${what}, the path right after the colon` };
  }
  return plain(
    scheme === 'oci' ? { kind: 'layout', directory: path } : { kind: 'archive', file: path },
  );
}

function parseUnix(path: string): EndpointUrl {
  if (!path.startsWith('/')) {
    return { problem: 'a socket needs its whole path: unix:///path, with three slashes' };
  }
  return plain({ kind: 'socket', path });
}

function parsePipe(path: string): EndpointUrl {
  if (!PIPE.test(path)) return { problem: 'a pipe is written npipe:////./pipe/name' };
  return plain({ kind: 'socket', path });
}

function parseTcp(address: string): EndpointUrl {
  if (address.includes('?')) {
    return { problem: 'tcp takes no query; for TLS write https://host:port?certs=DIR' };
  }
  const parsed = parseHostAndPort(address, 2375);
  return 'problem' in parsed ? parsed : plain({ kind: 'tcp', ...parsed });
}

function parseTls(address: string): EndpointUrl {
  const mark = address.indexOf('?');
  const query = mark < 0 ? null : address.slice(mark + 1);
  if (query !== null && !/^certs=[^&]+$/.test(query)) {
    return { problem: 'the only query is ?certs=DIR, a folder with ca.pem, cert.pem and key.pem' };
  }
  const parsed = parseHostAndPort(mark < 0 ? address : address.slice(0, mark), 2376);
  if ('problem' in parsed) return parsed;
  const certificates = query === null ? null : query.slice('certs='.length);
  return { endpoint: { kind: 'tls', ...parsed }, certificates };
}

function parseHostAndPort(
  address: string,
  defaultPort: number,
): { host: string; port: number } | { problem: string } {
  const match = HOST_AND_PORT.exec(address);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || (match?.[1] !== undefined && !isIPv6(host))) {
    return { problem: 'write a host and a port, e.g. tcp://127.0.0.1:2375, without user or path' };
  }
  const port = parsePort(match?.[3]);
  return port === null ? { problem: PORT_PROBLEM } : { host, port: port ?? defaultPort };
}

const PORT_PROBLEM = 'a port is a number from 1 to 65535';

function parsePort(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : null;
}

function parseSsh(address: string): EndpointUrl {
  const [, user, ipv6, name, portText, path = ''] = SSH.exec(address) ?? [];
  const host = ipv6 ?? name;
  const isOdd = (ipv6 !== undefined && !isIPv6(ipv6)) || path.split('/').includes('..');
  if (host === undefined || isOdd) {
    return {
      problem:
        'write ssh://user@host:port/path/to/socket with letters, digits, dot, dash and underscore; a password or an odd path belongs in your ssh configuration',
    };
  }
  const port = parsePort(portText);
  if (port === null) return { problem: PORT_PROBLEM };
  return plain({
    kind: 'ssh',
    destination: user === undefined ? host : `${user}@${host}`,
    ...(port === undefined ? {} : { port }),
    ...(/^\/*$/.test(path) ? {} : { socketPath: path }),
  });
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}
