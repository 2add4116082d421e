import type http from 'node:http';
import { clientOf } from './client-of.ts';
import { allowOrigin, answerPreflight, isPreflight } from './cross-origin.ts';
import { type Door, refusalOfMedia } from './door.ts';
import type { GraphiQLPage } from './graphiql.ts';
import { type OperationPages, showMetrics } from './operation-pages.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Refusal, Refuse } from './refusal.ts';

/** What a server answers, and whom. */
export interface Routes {
  readonly door: Door;
  readonly limitRate: RateLimit;
  /** Null where there is no page for browsers. */
  readonly page: GraphiQLPage | null;
  /** Null where there are no metrics. */
  readonly pages: OperationPages | null;
  /** Answers POST /graphql. */
  readonly graphql: http.RequestListener;
  readonly refuse: Refuse;
}

const NOTHING_THERE: Refusal = {
  status: 404,
  code: 'BAD_REQUEST',
  says: 'There is nothing at this path. Send queries to /graphql by POST.',
};
const NOT_POST: Refusal = {
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  headers: { allow: 'POST' },
};

/** Answers a request that is no probe: whoever may not come in learns why, and nothing else. */
export function answerRequest(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  routes: Routes,
): void {
  const { door, refuse } = routes;
  const from = door.origin(request);
  if ('code' in from) return refuse(request, response, from);
  if (from.foreign !== null) {
    allowOrigin(response, from.foreign);
    if (isPreflight(request)) return answerPreflight(response);
  }
  // Before the token: guesses are counted too.
  const seconds = routes.limitRate(clientOf(request));
  if (seconds !== null) return refuse(request, response, tooOften(seconds));
  const answer = routeOf(request, routes);
  // The page holds nothing that a token would protect.
  const refused = answer === 'page' ? null : door.caller(request);
  if (refused !== null) return refuse(request, response, refused);
  if (answer === null) return refuse(request, response, NOTHING_THERE);
  const wrong = answer === 'graphql' ? refusalOfPost(request) : null;
  if (wrong !== null) return refuse(request, response, wrong);
  ANSWERS[answer](request, response, routes);
}

function tooOften(seconds: number): Refusal {
  return { status: 429, code: 'RATE_LIMITED', headers: { 'retry-after': String(seconds) } };
}

function routeOf(
  { url: path = '', method, headers }: http.IncomingMessage,
  { page, pages }: Routes,
): keyof typeof ANSWERS | null {
  const bare = path.split('?')[0];
  const wantsPage = method === 'GET' && (headers.accept ?? '').includes('text/html');
  // GraphiQL's links have what they show in their query.
  if (page !== null && wantsPage && (path === '/' || bare === '/graphql')) return 'page';
  if (path === '/metrics' && pages !== null && method === 'GET') return 'metrics';
  // A client that sends a query in the address learns that it has to post it.
  return (method === 'POST' ? path : bare) === '/graphql' ? 'graphql' : null;
}

function refusalOfPost(request: http.IncomingMessage): Refusal | null {
  return request.method === 'POST' ? refusalOfMedia(request) : NOT_POST;
}

type Answer = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  routes: Routes,
) => void;

const ANSWERS = {
  page: showPage,
  metrics: (_request, response, { pages }) =>
    void showMetrics(response, pages as OperationPages).catch(() => response.destroy()),
  graphql(request, response, { graphql }) {
    // Yoga compares it letter by letter.
    request.headers['content-type'] = 'application/json';
    graphql(request, response);
  },
} satisfies Record<string, Answer>;

function showPage(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { page }: Routes,
): void {
  // Who types the address without the path means the page.
  if (request.url === '/') return void response.writeHead(302, { location: '/graphql' }).end();
  (page as GraphiQLPage)(request, response).catch(() => response.destroy());
}
