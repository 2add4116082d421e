import http from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { createKeepingAgent } from './kept-connections.ts';
import { EngineError, codeOfStatus, toEngineError } from './engine-error.ts';

/** The largest answer that is read as a whole, in bytes; lists are read row by row instead. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** How long an engine may pause in the middle of a body, in milliseconds. */
const BODY_PAUSE_MS = 5_000;
/** When TCP asks a silent peer of an endless body whether it is still there, in milliseconds. */
const KEEPALIVE_MS = 15_000;
/** Calls that run at once on one engine; further ones wait for a socket. */
const MAX_PARALLEL_CALLS = 8;

/** Reads the body of a successful answer; throws EngineError for one that is not as it should be. */
export type BodyReader<Result> = (
  body: AsyncIterable<Uint8Array>,
  engine: string,
  headers: http.IncomingHttpHeaders,
) => Promise<Result>;

/** One request to an engine, and how its answer is read. */
export interface EngineRequest<Result> {
  readonly method: 'GET' | 'HEAD';
  /** Path with version prefix and query; the caller has checked it against the allow-list. */
  readonly path: string;
  /** Until the head has arrived, in milliseconds; null waits until the signal says otherwise. */
  readonly headTimeoutMs: number | null;
  /**
   * A body without end, over a connection of its own: it may be silent for as long as it likes, and never
   * takes the place of a call.
   */
  readonly endless?: boolean;
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
 * @throws EngineError from send, or the signal's reason when it was aborted
 */
export function createTransport(engine: string, host: string, dial: () => Duplex): Transport {
  let ended = 0;
  const onEnded = (): void => void ended++;
  const agent = createKeepingAgent(dial, MAX_PARALLEL_CALLS, onEnded);
  const endless = new http.Agent({ keepAlive: false });
  endless.createConnection = () => watched(dial());
  return {
    send: (request) =>
      sendWithRetry(engine, host, request.endless === true ? endless : agent, request, onEnded),
    endedConnections: () => ended,
    close() {
      agent.destroy();
      endless.destroy();
    },
  };
}

/** Without calls of its own, only TCP's keepalive tells a silent engine from one that is gone. */
function watched(connection: Duplex): Duplex {
  (connection as Partial<net.Socket>).setKeepAlive?.(true, KEEPALIVE_MS);
  return connection;
}

/** A kept-alive socket that the engine closed meanwhile (it was restarted) costs one more try, unseen. */
async function sendWithRetry<Result>(
  engine: string,
  host: string,
  agent: http.Agent,
  request: EngineRequest<Result>,
  onEnded: () => void,
): Promise<Result> {
  const first: { stale: boolean } = { stale: false };
  try {
    return await sendOnce(engine, host, agent, request, first);
  } catch (error) {
    if (!first.stale || request.signal.aborted) throw error;
    onEnded();
    return sendOnce(engine, host, agent, request, { stale: false });
  }
}

async function sendOnce<Result>(
  engine: string,
  host: string,
  agent: http.Agent,
  request: EngineRequest<Result>,
  attempt: { stale: boolean },
): Promise<Result> {
  const watch = createWatch(engine, request);
  let answered = false;
  try {
    const response = await head(host, agent, request, watch.signal, attempt);
    answered = true;
    watch.headArrived();
    const body = request.endless === true ? response : timed(response, watch.progress);
    if (response.statusCode !== 200) throw await refusal(engine, response, body);
    return await request.read(body, engine, response.headers);
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    if (watch.signal.aborted) throw watch.signal.reason;
    throw toEngineError(error, engine, answered);
  } finally {
    watch.stop();
  }
}

function head<Result>(
  host: string,
  agent: http.Agent,
  request: EngineRequest<Result>,
  signal: AbortSignal,
  attempt: { stale: boolean },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, path } = request;
    const headers = { ...request.headers, host };
    const outgoing = http.request({ agent, method, path, signal, headers });
    outgoing.on('response', resolve);
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      attempt.stale =
        outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(error);
    });
    outgoing.end();
  });
}

/** Two clocks in one signal: until the head arrives, then between two chunks of the body. */
function createWatch<Result>(engine: string, request: EngineRequest<Result>) {
  const controller = new AbortController();
  const expire = (what: string) => () =>
    controller.abort(new EngineError('ENGINE_TIMEOUT', engine, `${what}: ${request.path}`));
  let timer: NodeJS.Timeout | undefined;
  if (request.headTimeoutMs !== null) {
    timer = setTimeout(expire('no answer in time'), request.headTimeoutMs);
  }
  return {
    signal: AbortSignal.any([request.signal, controller.signal]),
    headArrived(): void {
      clearTimeout(timer);
      if (request.endless === true) return;
      timer = setTimeout(expire('the body stalls'), BODY_PAUSE_MS);
    },
    progress: (): void => void timer?.refresh(),
    stop: (): void => clearTimeout(timer),
  };
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
  const error = new EngineError(
    codeOfStatus(status, text),
    engine,
    `HTTP ${status} ${text.slice(0, 500)}`,
  );
  const seconds = headers['retry-after'];
  if (seconds !== undefined && /^\d{1,6}$/.test(seconds))
    error.retryAfterMs = Number(seconds) * 1_000;
  return error;
}

/** A whole body as text. @throws EngineError RESPONSE_TOO_LARGE */
export async function readText(body: AsyncIterable<Uint8Array>, engine: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new EngineError('RESPONSE_TOO_LARGE', engine, `over ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString('utf8');
}

/** A whole body as JSON. @throws EngineError ENGINE_BAD_RESPONSE for anything else */
export async function readJson(body: AsyncIterable<Uint8Array>, engine: string): Promise<unknown> {
  const text = await readText(body, engine);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'the answer is not JSON', cause);
  }
}

/** A whole body as one JSON object. @throws EngineError ENGINE_BAD_RESPONSE for anything else */
export async function readObject(
  body: AsyncIterable<Uint8Array>,
  engine: string,
): Promise<Record<string, unknown>> {
  const json = await readJson(body, engine);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'the answer is no JSON object');
  }
  return json as Record<string, unknown>;
}
