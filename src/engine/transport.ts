import http from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { createBulkhead, isRefused } from './bulkhead.ts';
import { type CallClock, startCallClock } from './call-clock.ts';
import { createKeepingAgent } from './kept-connections.ts';
import { EngineError, codeOfStatus, toEngineError } from './engine-error.ts';
import { type EngineObserver, NO_OBSERVER } from './observer.ts';
import { type BodyReader, readText } from './read-body.ts';
import { createRetry } from './retry.ts';

/** When TCP asks a silent peer of an endless body whether it is still there, in milliseconds. */
const KEEPALIVE_MS = 15_000;
/** Calls that run at once on one engine, and those that may wait for a place. */
const PLACES = { atOnce: 8, waiting: 64 };

/**
 * How a call stands to the others. queued: it takes one of 8 places, or waits for one. direct: it is sent at once, as
 * are pings and greetings, by which an engine is known to live; lists, which may take minutes, and of which
 * there is one at a time; questions for registries, of which each has places of its own. endless: its body has
 * no end and may be silent for as long as it likes, over a connection of its own.
 */
export type Lane = 'queued' | 'direct' | 'endless';

/** One request to an engine, and how its answer is read. It changes nothing, so that it may be made twice. */
export interface EngineRequest<Result> {
  readonly method: 'GET' | 'HEAD';
  /** Path with version prefix and query; the caller has checked it against the allow-list. */
  readonly path: string;
  /** What the path leads to, without names (EngineCall). */
  readonly endpoint: string;
  /** Until the head has arrived, the waiting for a place included, in milliseconds; null waits until the signal says otherwise. */
  readonly headTimeoutMs: number | null;
  readonly lane: Lane;
  readonly signal: AbortSignal;
  readonly read: BodyReader<Result>;
  /** Besides Host. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends requests to one engine over connections that a dialer opens. */
export interface Transport {
  send<Result>(request: EngineRequest<Result>): Promise<Result>;
  /** How many of the connections kept for further calls the engine has ended: all, when it restarts. */
  endedConnections(): number;
  close(): void;
}

/**
 * One engine's HTTP transport. What docker-modem leaves open is closed here: a redirect is an error and
 * never followed, a promise always settles, a body has a cap and may not stall, an abort reaches the socket.
 * @param dial opens one connection
 * @throws EngineError from send, ENGINE_OVERLOADED at once when too many wait; or the signal's reason when it was aborted
 */
export function createTransport(
  engine: string,
  host: string,
  dial: () => Duplex,
  observer: EngineObserver = NO_OBSERVER,
): Transport {
  let ended = 0;
  const onEnded = (): void => void ended++;
  const kept = createKeepingAgent(dial, onEnded);
  const endless = new http.Agent({ keepAlive: false });
  endless.createConnection = () => watched(dial());
  const places = createBulkhead(PLACES.atOnce, PLACES.waiting);
  const retry = createRetry();
  const line: Line = { engine, host, observer, onEnded };

  function call<Result>(request: EngineRequest<Result>, clock: CallClock): Promise<Result> {
    if (request.lane === 'endless') return sendOnce(line, endless, request, clock, 1);
    return retry((attempt) => sendOnce(line, kept, request, clock, attempt), clock.signal);
  }

  return {
    async send(request) {
      const clock = startCallClock(engine, request);
      try {
        if (request.lane !== 'queued') return await call(request, clock);
        return await places.run(() => call(request, clock), clock.signal);
      } catch (error) {
        if (clock.signal.aborted) throw clock.signal.reason;
        if (!isRefused(error)) throw error;
        throw new EngineError('ENGINE_OVERLOADED', engine, `too many wait: ${request.path}`, error);
      } finally {
        clock.stop();
      }
    },
    endedConnections: () => ended,
    close() {
      kept.destroy();
      endless.destroy();
    },
  };
}

/** Without calls of its own, only TCP's keepalive tells a silent engine from one that is gone. */
function watched(connection: Duplex): Duplex {
  (connection as Partial<net.Socket>).setKeepAlive?.(true, KEEPALIVE_MS);
  return connection;
}

/** What all requests to one engine have in common. */
interface Line {
  readonly engine: string;
  readonly host: string;
  readonly observer: EngineObserver;
  /** Told of a kept connection that the engine had closed meanwhile: it was restarted. */
  readonly onEnded: () => void;
}

async function sendOnce<Result>(
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
    clock.headArrived();
    const body = request.lane === 'endless' ? response : timed(response, clock.progress);
    if (status !== 200) throw await refusal(engine, response, body);
    const result = await request.read(body, engine, response.headers);
    finished({ status, code: null });
    return result;
  } catch (cause) {
    const error: unknown = clock.signal.aborted
      ? clock.signal.reason
      : toEngineError(cause, engine, status !== null);
    finished({ status, code: error instanceof EngineError ? error.code : null });
    throw error;
  }
}

function head<Result>(
  { host, onEnded }: Line,
  agent: http.Agent,
  request: EngineRequest<Result>,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, path } = request;
    const headers = { ...request.headers, host };
    const outgoing = http.request({ agent, method, path, signal, headers });
    outgoing.on('response', resolve);
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isEnded = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      if (outgoing.reusedSocket && isEnded) onEnded();
      reject(error);
    });
    outgoing.end();
  });
}

async function* timed(
  body: AsyncIterable<Uint8Array>,
  progress: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    progress();
    yield chunk;
  }
}

async function refusal(
  engine: string,
  { statusCode: status = 0, headers }: http.IncomingMessage,
  body: AsyncIterable<Uint8Array>,
): Promise<EngineError> {
  const text = await readText(body, engine).catch(() => '');
  const detail = `HTTP ${status} ${text.slice(0, 500)}`;
  const error = new EngineError(codeOfStatus(status, text), engine, detail);
  error.status = status;
  const seconds = headers['retry-after'];
  if (seconds !== undefined && /^\d{1,6}$/.test(seconds))
    error.retryAfterMs = Number(seconds) * 1_000;
  return error;
}
