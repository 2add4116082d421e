import type http from 'node:http';

/** How a server is reached. */
export interface OwnHostsOptions {
  readonly scheme: 'http' | 'https';
  /** What it listens on, an IPv6 address in brackets; null for a unix socket. */
  readonly host: string | null;
  /** 0 for a unix socket. */
  readonly port: number;
  /** Further values of Host, in lower case: service names, mapped ports, names of reverse proxies. */
  readonly allowHosts: readonly string[];
}

/** Tells requests that mean this server from those that a page of somebody else's name has led here. */
export interface OwnHosts {
  /** The value of Host, without the scheme's own port, when it means this server; null when not. */
  hostOf(request: http.IncomingMessage): string | null;
  /** Whether a value of Origin is that of this server's own pages. @param host what hostOf gave */
  isOwnOrigin(origin: string, host: string): boolean;
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
/** Addresses to listen on that nobody connects to. */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '[::]']);

/**
 * The exact values of Host that mean a server: a name that somebody points at a loopback address (DNS rebinding) is
 * none of them.
 */
export function createOwnHosts({ scheme, host, port, allowHosts }: OwnHostsOptions): OwnHosts {
  const bare = (authority: string): string => authority.replace(DEFAULT_PORT[scheme], '');
  const listened = host === null || WILDCARDS.has(host) ? [] : [host.toLowerCase()];
  const own = [...LOOPBACK_NAMES, ...listened].map((name) => bare(`${name}:${port}`));
  const allowed = new Set(allowHosts.map(bare));
  // Over a unix socket clients say localhost, if they are asked to say something.
  const names = new Set(host === null ? ['localhost', ...allowed] : [...own, ...allowed]);
  const bareAddressOf = (request: http.IncomingMessage): string | null => {
    const address = addressOf(request);
    return address === null ? null : bare(address);
  };
  return {
    hostOf(request) {
      const single = singleHost(request);
      if (single === null) return null;
      const value = bare(single.toLowerCase());
      return names.has(value) || value === bareAddressOf(request) ? value : null;
    },
    isOwnOrigin(origin, host) {
      if (bare(origin) === `${scheme}://${host}`) return true;
      // A reverse proxy may have taken TLS off.
      return allowed.has(host) && [`http://${host}`, `https://${host}`].includes(origin);
    },
  };
}

/** Clients leave the port out of Host and Origin where it is the one of the scheme. */
const DEFAULT_PORT = { http: /:80$/, https: /:443$/ } as const;

/** The value of Host as it was sent; null where there is none, or more than one. */
export function singleHost({ rawHeaders }: http.IncomingMessage): string | null {
  const isHost = (_: string, at: number) =>
    at % 2 === 1 && /^host$/i.test(rawHeaders[at - 1] as string);
  const [value, ...others] = rawHeaders.filter(isHost);
  return value === undefined || others.length > 0 ? null : value;
}

/**
 * The address that a request came in on: on 0.0.0.0 there are several, and Prometheus asks a pod by its own. No name leads
 * here: whoever can choose the value cannot choose where it leads.
 */
function addressOf({ socket: { localAddress, localPort } }: http.IncomingMessage): string | null {
  // Of a unix socket there is none.
  if (localAddress === undefined) return null;
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/, '');
  return `${inBrackets(address)}:${localPort}`;
}

/** A host as a URL has it. */
export function inBrackets(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
