import type http from 'node:http';
import { MAX_BODY_BYTES } from '../limits/limits.ts';
import type { TokenCheck } from './bearer-token.ts';
import { type OwnHosts, singleHost } from './own-hosts.ts';
import type { Refusal } from './refusal.ts';

const MAX_HEADERS = 100;

/** Who may come in. */
export interface DoorRules {
  readonly hosts: OwnHosts;
  /** Further origins, as browsers send them. */
  readonly allowOrigins: ReadonlySet<string>;
  /** Null where no token is asked for. */
  readonly token: TokenCheck | null;
  /** Told of what was refused because of a value that whoever runs the server may want to allow. */
  readonly onRefused?: (header: 'Host' | 'Origin', value: string) => void;
}

/**
 * What stands before everything else that a server does. The engine's socket is root on its host, and any page that a
 * developer visits can send requests to a loopback address.
 */
export interface Door {
  /** Whether a request may come from where it comes from. */
  origin(request: http.IncomingMessage): Refusal | { readonly foreign: string | null };
  /** Whether whoever asks has the token. */
  caller(request: http.IncomingMessage): Refusal | null;
}

const FORBIDDEN_HOST: Refusal = { status: 403, code: 'HOST_NOT_ALLOWED' };
const FORBIDDEN_ORIGIN: Refusal = { status: 403, code: 'ORIGIN_NOT_ALLOWED' };
const TOO_MANY_HEADERS: Refusal = { status: 431, code: 'PAYLOAD_TOO_LARGE' };
const AMBIGUOUS: Refusal = { status: 400, code: 'BAD_REQUEST' };
const SINGLE = ['authorization', 'content-type', 'origin', 'sec-fetch-site'];
const NO_TOKEN: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  headers: { 'www-authenticate': 'Bearer realm="imagegraph"' },
};
const WRONG_TYPE: Refusal = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' };
const NOT_ACCEPTABLE: Refusal = { status: 406, code: 'NOT_ACCEPTABLE' };
const ACCEPTABLE =
  /(?:^|[,\s])(?:\*\/\*|application\/(?:\*|json|graphql-response\+json)|text\/(?:\*|event-stream))\s*(?:$|[,;])/i;
const TOO_LARGE: Refusal = { status: 413, code: 'PAYLOAD_TOO_LARGE' };

/** The checks of a server with these rules. */
export function createDoor({ hosts, allowOrigins, token, onRefused = () => {} }: DoorRules): Door {
  return {
    origin(request) {
      const { rawHeaders, headers, method, url = '' } = request;
      if (rawHeaders.length > 2 * MAX_HEADERS) return TOO_MANY_HEADERS;
      if (hasTwice(rawHeaders)) return AMBIGUOUS;
      // A target with a host of its own, as proxies are sent, would go before Host.
      if (!url.startsWith('/')) return FORBIDDEN_HOST;
      const host = hosts.hostOf(request);
      if (host === null) {
        // Two of them, or none, is nothing that could be allowed.
        const value = singleHost(request);
        if (value) onRefused('Host', value);
        return FORBIDDEN_HOST;
      }
      const { origin } = headers;
      if (origin !== undefined && !hosts.isOwnOrigin(origin, host)) {
        if (allowOrigins.has(origin)) return { foreign: origin };
        onRefused('Origin', origin);
        return FORBIDDEN_ORIGIN;
      }
      // Links lead to a page from anywhere; only a page can send anything else.
      const site = headers['sec-fetch-site'] ?? 'none';
      const isOwn = site === 'none' || site === 'same-origin';
      return isOwn || method === 'GET' ? { foreign: null } : FORBIDDEN_ORIGIN;
    },
    caller: (request) => (token === null || token(request) ? null : NO_TOKEN),
  };
}

/** What means one thing must be said once: Node takes the first, and what stands before this server perhaps the last. */
function hasTwice(rawHeaders: readonly string[]): boolean {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  return SINGLE.some((name) => names.indexOf(name) !== names.lastIndexOf(name));
}

/** Whether a POST has a body, and wants an answer, of a kind that there is, as far as its headers say. */
export function refusalOfMedia({ headers }: http.IncomingMessage): Refusal | null {
  // Forms and plain text are what a page can post to anywhere without being asked.
  const isJson = /^application\/json(\s*;\s*charset="?utf-8"?)?$/i;
  const isCoded = (headers['content-encoding'] ?? 'identity') !== 'identity';
  if (isCoded || !isJson.test(headers['content-type'] ?? '')) return WRONG_TYPE;
  if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) return TOO_LARGE;
  // Yoga would look only after the operation is executed.
  return ACCEPTABLE.test(headers.accept ?? '*/*') ? null : NOT_ACCEPTABLE;
}
