import type http from 'node:http';

/** What pages of other origins may send besides what every page may. */
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'traceparent',
  'tracestate',
  'x-request-id',
  'apollographql-client-name',
  'apollographql-client-version',
].join(', ');

/** How long a browser may remember the answer to a preflight, in seconds: the most that Chromium keeps. */
const PREFLIGHT_SECONDS = 7_200;

/**
 * Lets pages of an allowed origin read the answer. Never with credentials: a token is sent by whoever knows it, and a
 * browser has none of its own.
 */
export function allowOrigin(response: http.ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
  response.setHeader('vary', 'Origin');
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
}

/** Whether a browser asks what a page may send. */
export function isPreflight({ method, headers }: http.IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Answers a preflight of an allowed origin. */
export function answerPreflight(response: http.ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader('access-control-allow-headers', REQUEST_HEADERS);
  response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  response.writeHead(204).end();
}
