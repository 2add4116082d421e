import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { PublicError, type ErrorCode } from '../errors.ts';
import { clientOf } from './client-of.ts';
import { type Connections, trackConnections } from './connections.ts';
import { createGraphiQLPage } from './graphiql.ts';
import type { RateLimit } from './rate-limit.ts';
import { hostsOf, refusalOf } from './refusal.ts';

/** Where to listen and what to answer. */
export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** Whether GET /graphql shows GraphiQL to browsers. */
  readonly graphiql: boolean;
  /** Counts requests to it; all are answered when left out. */
  readonly limitRate?: RateLimit;
  /** Answers POST /graphql. */
  readonly graphql: http.RequestListener;
  /** After how long a connection on which nothing moves is given up: clients that do not read. */
  readonly idleMs?: number;
}

/** A server that listens. */
export interface HttpServer {
  readonly url: string;
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
  const page = options.graphiql ? createGraphiQLPage() : null;
  let ownHosts: ReadonlySet<string> = new Set();
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    // A probe comes from wherever an orchestrator is, and learns nothing.
    if (path === '/healthz') return void response.writeHead(200).end('ok\n');
    const refused = refusalOf(request, ownHosts);
    if (refused !== null) return sendRefusal(response, ...refused);
    // Who types the address without the path means the page.
    if (path === '/' && page !== null) return redirect(response, '/graphql');
    if (path.split('?')[0] !== '/graphql') return void response.writeHead(404).end();
    const retryAfter = options.limitRate?.(clientOf(request)) ?? null;
    if (retryAfter !== null) {
      response.setHeader('retry-after', retryAfter);
      return sendRefusal(response, 429, 'RATE_LIMITED');
    }
    if (request.method === 'POST') return options.graphql(request, response);
    if (page !== null && request.method === 'GET' && wantsHtml(request)) {
      page(request, response).catch(() => response.destroy());
      return;
    }
    response.setHeader('allow', 'POST');
    return sendRefusal(response, 405, 'METHOD_NOT_ALLOWED');
  });
  const connections = trackConnections(server, options.idleMs ?? IDLE_MS);
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  ownHosts = hostsOf(host, port);
  return { url: `http://${host}:${port}/graphql`, close: () => close(server, connections) };
}

function sendRefusal(response: http.ServerResponse, status: number, code: ErrorCode): void {
  const body = JSON.stringify({ errors: [new PublicError(code).toJSON()] });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

function redirect(response: http.ServerResponse, location: string): void {
  response.writeHead(302, { location }).end();
}

function wantsHtml(request: http.IncomingMessage): boolean {
  return (request.headers.accept ?? '').includes('text/html');
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
