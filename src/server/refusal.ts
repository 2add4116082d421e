import type http from 'node:http';
import { type ErrorCode, PublicError } from '../errors.ts';

/** Why a request gets no further, and what its client is told. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  /** Fixed text in place of that of the code. */
  readonly says?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request with a refusal. */
export type Refuse = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  refusal: Refusal,
) => void;

/** How much of a refused body is still taken, in bytes, and for how long, in milliseconds. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MS = 1_000;

/** Answers with the fixed text of a refusal, or of its code. */
export function sendRefusal(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { status, code, says, headers = {} }: Refusal,
): void {
  const body = JSON.stringify({ errors: [new PublicError(code, says).toJSON()] });
  if (!request.complete) lingerOn(request);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body);
}

/**
 * Takes what is left of a body, up to a bound: a connection that is closed on a client which still sends is reset, and
 * the client never sees the answer.
 */
function lingerOn(request: http.IncomingMessage): void {
  let bytes = 0;
  const end = (): void => void request.socket.destroy();
  const timer = setTimeout(end, LINGER_MS);
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) end();
  });
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.on('error', () => {});
}
