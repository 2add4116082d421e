import http from 'node:http';
import type { CallClock } from './call-clock.ts';
import { codeOfStatus, EngineError, toEngineError } from './engine-error.ts';
import type { EngineRequest } from './engine-request.ts';
import type { EngineObserver } from './observer.ts';
import { readStart } from './read-body.ts';
import { isTurnOver, turn } from '../turns.ts';

/** What is read of a refusal: a sentence, which an operation remembers for each call that failed. */
const MAX_REFUSAL_BYTES = 4_096;

/** What all requests to one engine have in common. */
export interface Line {
  readonly engine: string;
  readonly host: string;
  readonly observer: EngineObserver;
  /** Told of a kept connection that was dead when it was used: the engine was restarted. */
  readonly onDead: () => void;
}

/**
 * Sends a request once, and reads its answer.
 * @throws EngineError, or the reason of the clock's signal
 */
export async function exchange<Result>(
  line: Line,
  agent: http.Agent,
  request: EngineRequest<Result>,
  clock: CallClock,
  attempt: number,
): Promise<Result> {
  const { engine } = line;
  const { method, endpoint } = request;
  const finished = line.observer.callStarted({ engine, method, endpoint, attempt });
  let status: number | null = null;
  try {
    clock.headAwaited();
    const response = await head(line, agent, request, clock.signal);
    status = response.statusCode ?? 0;
    // A refusal of a stream is no stream.
    const isEndless = request.lane === 'endless' && status === 200;
    clock.headArrived(isEndless);
    const body = isEndless ? response : timed(response, clock);
    if (status !== 200) throw await refusal(engine, response, body);
    const result = await request.read(body, engine, response.headers);
    finished({ status, code: null });
    return result;
  } catch (cause) {
    const error: unknown = clock.signal.aborted
      ? clock.signal.reason
      : toEngineError(cause, engine, status !== null);
    finished({ status, code: error instanceof EngineError ? error.code : 'ABANDONED' });
    throw error;
  }
}

function head<Result>(
  { engine, host, onDead }: Line,
  agent: http.Agent,
  request: EngineRequest<Result>,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, path } = request;
    const headers = { ...request.headers, host };
    const outgoing = http.request({ agent, method, path, signal, headers });
    outgoing.on('response', resolve);
    // Node ends an exchange that leaves HTTP without an error where nobody listens for it.
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(new EngineError('ENGINE_BAD_RESPONSE', engine, 'HTTP 101, which nobody asked for'));
    });
    outgoing.on('close', () => reject(new Error('the connection was closed without an answer')));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isEnded = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      if (outgoing.reusedSocket && isEnded) onDead();
      reject(error);
    });
    outgoing.end();
  });
}

async function* timed(
  body: AsyncIterable<Uint8Array>,
  { progress, signal }: CallClock,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    progress(chunk.length);
    // In chunks of one byte, an image is millions of them.
    if (isTurnOver()) await turn(signal);
    yield chunk;
  }
}

async function refusal(
  engine: string,
  { statusCode: status = 0, headers }: http.IncomingMessage,
  body: AsyncIterable<Uint8Array>,
): Promise<EngineError> {
  const text = await readStart(body, MAX_REFUSAL_BYTES).catch(() => '');
  const error = new EngineError(codeOfStatus(status, text), engine, `HTTP ${status} ${text}`);
  error.status = status;
  const seconds = headers['retry-after'];
  if (seconds !== undefined && /^\d{1,6}$/.test(seconds))
    error.retryAfterMs = Number(seconds) * 1_000;
  return error;
}
