import { randomUUID } from 'node:crypto';
import type http from 'node:http';
import { REQUEST_ID, toRequestId } from '../request-id.ts';

/**
 * Gives a request its id, which it may bring along, for all that sees it from here on; its answer bears it too, and is
 * nothing that a page of another origin may use as a script, a picture or the like.
 */
export function identify(request: http.IncomingMessage, response: http.ServerResponse): void {
  const given = request.headers[REQUEST_ID];
  const id = toRequestId(typeof given === 'string' ? given : null) ?? randomUUID();
  request.headers[REQUEST_ID] = id;
  response.setHeader(REQUEST_ID, id);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
}
