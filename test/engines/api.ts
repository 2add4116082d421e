import { type Agent, request } from 'node:http';
import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CallOptions {
  readonly method?: string;
  /** A tar. */
  readonly body?: Readable | Buffer;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Connections that are kept for several calls; else each has one of its own. */
  readonly agent?: Agent;
  /** Ends the call, which rejects. */
  readonly signal?: AbortSignal;
}

/** One plain request to an engine, without any library between: what it answers is what is recorded. */
export async function callEngine(
  url: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const body =
    options.json === undefined ? options.body : Buffer.from(JSON.stringify(options.json));
  const type = options.json === undefined ? 'application/x-tar' : 'application/json';
  const outgoing = request({
    ...addressOf(url),
    path,
    method: options.method ?? 'GET',
    headers: body ? { 'Content-Type': type } : {},
    // A connection of its own, so that nothing keeps the process alive afterwards.
    agent: options.agent ?? false,
    signal: options.signal,
  });
  const answered = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
  });
  if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
  const sent = body === undefined || Buffer.isBuffer(body) ? undefined : pipeline(body, outgoing);
  const [answer] = await Promise.all([answered, sent]);
  return answer;
}

function addressOf(url: string): RequestOptions {
  if (url.startsWith('unix://')) return { socketPath: url.slice('unix://'.length) };
  const { hostname, port } = new URL(url.replace(/^tcp:/, 'http:'));
  return { hostname, port: port || '2375' };
}
