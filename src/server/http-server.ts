import type http from 'node:http';
import https from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { boundConnections, type Connections, trackConnections } from './connections.ts';
import {
  bind,
  createListener,
  type ListenAddress,
  type Patience,
  type ServerTls,
  toTlsOptions,
} from './listener.ts';
import { inBrackets } from './own-hosts.ts';
import { createReception, type ReceptionOptions } from './reception.ts';
import { boundUnread } from './unread-answers.ts';

/** What lets somebody in; it may be renewed while the server runs. */
export interface Credentials {
  /** That requests must carry; null for none. */
  readonly token: string | null;
  /** Null for plain HTTP. */
  readonly tls: ServerTls | null;
}

/** Where to listen, whom to let in and what to answer. */
export interface HttpServerOptions extends ReceptionOptions, Partial<Credentials> {
  readonly address: ListenAddress;
  /** After how long a connection on which nothing moves is given up: clients that do not read. */
  readonly idleMs?: number;
  /** Connections that one address may have open; as many as it likes when left out. */
  readonly clientConnections?: number;
  /** What all clients together may leave unread, in bytes; as much as they like when left out. */
  readonly unreadBytes?: number;
  /** Told of each connection that is closed because too much is unread. */
  readonly onUnread?: () => void;
  /** With half requests. */
  readonly patience?: Patience;
  /** Told of each connection that could not be taken: the server goes on, and the next one may be. */
  readonly onAcceptError?: (error: NodeJS.ErrnoException) => void;
}

/** A server that listens. */
export interface HttpServer {
  /** Where GraphQL is answered; unix:///path for a socket. */
  readonly url: string;
  /**
   * Takes another token or certificate from now on, and ends what came in before within 10 s. What was null stays null, and
   * the other way round.
   */
  renew(credentials: Credentials): void;
  /** Stops accepting, lets what is being answered finish for up to 10 s. */
  close(): Promise<void>;
}

const DRAIN_MS = 10_000;
/** How often connections whose last answer has ended are looked for while draining. */
const SWEEP_MS = 50;
/** Longer than any answer takes, and than the 12 s between the pings of a subscription. */
const IDLE_MS = 60_000;

/** Listens; resolves once requests are accepted, rejects when the address cannot be had. */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const { address, tls = null } = options;
  const server = createListener(tls, options.patience);
  const connections = trackConnections(server, options.idleMs ?? IDLE_MS);
  const { clientConnections = Infinity, unreadBytes = Infinity, onUnread = () => {} } = options;
  boundConnections(server, clientConnections);
  boundUnread(server, connections.open, unreadBytes, onUnread);
  const port = await bind(server, address);
  server.on('error', options.onAcceptError ?? (() => {}));
  const scheme = tls === null ? 'http' : 'https';
  const host = 'host' in address ? inBrackets(address.host) : null;
  const reception = createReception({ ...options, scheme, host, port });
  let valid: Credentials = { token: options.token ?? null, tls };
  server.on('request', reception.answer);
  return {
    url: 'host' in address ? `${scheme}://${host}:${port}/graphql` : `unix://${address.socketPath}`,
    renew(credentials) {
      if (isDeepStrictEqual(credentials, valid)) return;
      valid = credentials;
      reception.renewToken(credentials.token);
      if (server instanceof https.Server && credentials.tls !== null)
        server.setSecureContext(toTlsOptions(credentials.tls));
      // Who came in by what was taken away must come in again.
      connections.replaceAll(DRAIN_MS);
    },
    close() {
      reception.drain();
      return close(server, connections);
    },
  };
}

async function close(server: http.Server, connections: Connections): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  connections.closeIdle();
  // Those that are kept alive after their last answer would wait for another request.
  const sweep = setInterval(() => connections.closeIdle(), SWEEP_MS);
  const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(force);
}
