import type http from 'node:http';
import https from 'node:https';
import type { ErrorCode } from '../errors.ts';
import { createTokenCheck } from './bearer-token.ts';
import { type Connections, trackConnections } from './connections.ts';
import { createDoor, type Door, type DoorRules } from './door.ts';
import { createGraphiQLPage } from './graphiql.ts';
import {
  bind,
  createListener,
  type ListenAddress,
  type Patience,
  type ServerTls,
  toTlsOptions,
} from './listener.ts';
import { answerProbe, type OperationPages } from './operation-pages.ts';
import { createOwnHosts } from './own-hosts.ts';
import { type Refuse, sendRefusal } from './refusal.ts';
import { identify } from './request-id.ts';
import type { RateLimit } from './rate-limit.ts';
import { answerRequest } from './routes.ts';

/** What lets somebody in; it may be renewed while the server runs. */
export interface Credentials {
  /** That requests must carry; null for none. */
  readonly token: string | null;
  /** Null for plain HTTP. */
  readonly tls: ServerTls | null;
}

/** Where to listen, whom to let in and what to answer. */
export interface HttpServerOptions extends Partial<Credentials> {
  readonly address: ListenAddress;
  /** Further values of the Host header, in lower case. */
  readonly allowHosts?: readonly string[];
  /** Origins whose pages may ask besides the server's own. */
  readonly allowOrigins?: readonly string[];
  readonly onRefused?: DoorRules['onRefused'];
  /** Told of every request that gets no further than the door. */
  readonly onRefusal?: (code: ErrorCode) => void;
  /** Whether GET /graphql shows GraphiQL to browsers. */
  readonly graphiql: boolean;
  /** Counts requests to it; all are answered when left out. */
  readonly limitRate?: RateLimit;
  /** Answers POST /graphql. */
  readonly graphql: http.RequestListener;
  /** Answers GET /readyz and GET /metrics; when left out, it is ready, and there are none. */
  readonly pages?: OperationPages;
  /** After how long a connection on which nothing moves is given up: clients that do not read. */
  readonly idleMs?: number;
  /** With half requests. */
  readonly patience?: Patience;
}

/** A server that listens. */
export interface HttpServer {
  /** Where GraphQL is answered; unix:///path for a socket. */
  readonly url: string;
  /** Takes another token or certificate from now on. What was null stays null, and the other way round. */
  renew(credentials: Credentials): void;
  /** Stops accepting, lets what is being answered finish for up to 10 s. */
  close(): Promise<void>;
}

const CLOSING = { status: 503, code: 'OVERLOADED', headers: { connection: 'close' } } as const;

const DRAIN_MS = 10_000;
/** How often connections whose last answer has ended are looked for while draining. */
const SWEEP_MS = 50;
/** Longer than any answer takes, and than the 12 s between the pings of a subscription. */
const IDLE_MS = 60_000;

/** Listens; resolves once requests are accepted, rejects when the address cannot be had. */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const { address, tls = null, allowHosts = [], pages = null, limitRate = () => null } = options;
  const page = options.graphiql ? createGraphiQLPage(options.token != null) : null;
  const server = createListener(tls, options.patience);
  const connections = trackConnections(server, options.idleMs ?? IDLE_MS);
  const port = await bind(server, address);
  const scheme = tls === null ? 'http' : 'https';
  const host = 'host' in address ? inBrackets(address.host) : null;
  const open = (token: string | null): Door =>
    createDoor({
      hosts: createOwnHosts({ scheme, host, port, allowHosts }),
      allowOrigins: new Set(options.allowOrigins),
      token: token === null ? null : createTokenCheck(token),
      ...(options.onRefused === undefined ? {} : { onRefused: options.onRefused }),
    });
  let door = open(options.token ?? null);
  let isDraining = false;
  const isReady = (): boolean => !isDraining && (pages?.isReady() ?? true);
  const { graphql, onRefusal } = options;
  const refuse: Refuse = (request, response, refusal) => {
    onRefusal?.(refusal.code);
    sendRefusal(request, response, refusal);
  };
  server.on('request', (request, response) => {
    identify(request, response);
    if (answerProbe(request.url ?? '', response, isReady)) return;
    if (isDraining) return refuse(request, response, CLOSING);
    answerRequest(request, response, { door, page, pages, limitRate, graphql, refuse });
  });
  return {
    url: 'host' in address ? `${scheme}://${host}:${port}/graphql` : `unix://${address.socketPath}`,
    renew(credentials) {
      door = open(credentials.token);
      if (server instanceof https.Server && credentials.tls !== null)
        server.setSecureContext(toTlsOptions(credentials.tls));
    },
    close() {
      isDraining = true;
      return close(server, connections);
    },
  };
}

function inBrackets(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
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
