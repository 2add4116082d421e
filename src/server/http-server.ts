import type http from 'node:http';
import https from 'node:https';
import { createTokenCheck } from './bearer-token.ts';
import { type Connections, trackConnections } from './connections.ts';
import { allowOrigin, answerPreflight, isPreflight } from './cross-origin.ts';
import { createDoor, type Door, type DoorRules, refusalOfMedia } from './door.ts';
import { createGraphiQLPage } from './graphiql.ts';
import {
  bind,
  createListener,
  type ListenAddress,
  type ServerTls,
  toTlsOptions,
} from './listener.ts';
import { createOwnHosts } from './own-hosts.ts';
import { sendRefusal } from './refusal.ts';

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
  /** Whether GET /graphql shows GraphiQL to browsers. */
  readonly graphiql: boolean;
  /** Answers POST /graphql. */
  readonly graphql: http.RequestListener;
  /** After how long a connection on which nothing moves is given up: clients that do not read. */
  readonly idleMs?: number;
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

const DRAIN_MS = 10_000;
/** How often connections whose last answer has ended are looked for while draining. */
const SWEEP_MS = 50;
/** Longer than any answer takes, and than the 12 s between the pings of a subscription. */
const IDLE_MS = 60_000;

/** Listens; resolves once requests are accepted, rejects when the address cannot be had. */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const { address, tls = null, allowHosts = [] } = options;
  const page = options.graphiql ? createGraphiQLPage(options.token != null) : null;
  const server = createListener(tls);
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
  server.on('request', (request, response) =>
    answer(request, response, { ...options, door, page }),
  );
  return {
    url: 'host' in address ? `${scheme}://${host}:${port}/graphql` : `unix://${address.socketPath}`,
    renew(credentials) {
      door = open(credentials.token);
      if (server instanceof https.Server && credentials.tls !== null)
        server.setSecureContext(toTlsOptions(credentials.tls));
    },
    close: () => close(server, connections),
  };
}

function inBrackets(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** What a request is answered from. */
interface Premises extends Pick<HttpServerOptions, 'graphql'> {
  readonly door: Door;
  readonly page: ReturnType<typeof createGraphiQLPage> | null;
}

function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { door, page, graphql }: Premises,
): void {
  const { url: path = '', method } = request;
  // A probe comes from wherever an orchestrator is, and learns nothing.
  if (path === '/healthz') return void response.writeHead(200).end('ok\n');
  const from = door.origin(request);
  if ('code' in from) return sendRefusal(request, response, from);
  if (from.foreign !== null) {
    allowOrigin(response, from.foreign);
    if (isPreflight(request)) return answerPreflight(response);
  }
  const wantsPage = method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  if (page !== null && wantsPage && isPagePath(path)) return showPage(request, response, page);
  // A client that sends a query in the address learns that it has to post it.
  if ((method === 'POST' ? path : withoutQuery(path)) !== '/graphql')
    return void response.writeHead(404).end();
  const refusal = method === 'POST' ? null : NOT_POST;
  const refused = refusal ?? door.caller(request) ?? refusalOfMedia(request);
  return refused === null ? graphql(request, response) : sendRefusal(request, response, refused);
}

const NOT_POST = { status: 405, code: 'METHOD_NOT_ALLOWED', headers: { allow: 'POST' } } as const;

/** GraphiQL's links have what they show in their query. */
function isPagePath(path: string): boolean {
  return path === '/' || withoutQuery(path) === '/graphql';
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}

function showPage(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  page: NonNullable<Premises['page']>,
): void {
  // Who types the address without the path means the page.
  if (request.url === '/') return void response.writeHead(302, { location: '/graphql' }).end();
  page(request, response).catch(() => response.destroy());
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
