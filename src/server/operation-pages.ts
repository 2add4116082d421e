import type http from 'node:http';

/** What whoever runs a server asks of it. */
export interface OperationPages {
  /** Whether requests are worth sending here. */
  isReady(): boolean;
  /** All metrics; type is a value of Content-Type. */
  metrics(): Promise<{ readonly type: string; readonly body: string }>;
}

/**
 * Answers a probe: it comes from wherever an orchestrator is, and learns nothing but yes or no.
 * @param isReady also of a server that is about to close
 * @returns whether it was one
 */
export function answerProbe(
  { url: path, headers }: http.IncomingMessage,
  response: http.ServerResponse,
  isReady: () => boolean,
): boolean {
  if (path !== '/healthz' && path !== '/readyz') return false;
  // Nobody reads a body of it, which may have no end.
  const hasBody = 'transfer-encoding' in headers || 'content-length' in headers;
  if (hasBody) response.setHeader('connection', 'close');
  if (path === '/healthz') response.writeHead(200, PLAIN).end('ok\n');
  else if (isReady()) response.writeHead(200, PLAIN).end('ready\n');
  else response.writeHead(503, PLAIN).end('not ready\n');
  return true;
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** Answers GET /metrics. */
export async function showMetrics(
  response: http.ServerResponse,
  { metrics }: OperationPages,
): Promise<void> {
  const { type, body } = await metrics();
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
