import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';

/** One request that went to an engine. */
export interface EngineCall {
  /** E.g. GET /images/json, without version and query. */
  readonly what: string;
  /** When it came, as performance.now() tells. */
  readonly at: number;
}

/** What a call says of a list of all images. */
export const LIST = 'GET /images/json';

/** Stands before an engine, counts what is asked of it, and can end it. For bytes instead of calls: chaos-proxy.ts. */
export interface EngineProxy {
  /** unix://…, or http://… over TCP. */
  readonly url: string;
  /** Every request since the last look. */
  readonly calls: EngineCall[];
  dial(): net.Socket;
  /** Ends what is under way. */
  cut(): void;
  /** Ends every stream of events. @param keepDown until `mend` no other comes about */
  cutEvents(keepDown?: boolean): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param tcp listens on a port of this machine, for those who know no sockets */
export async function startEngineProxy(engineUrl: string, tcp = false): Promise<EngineProxy> {
  const engine = engineUrl.slice('unix://'.length);
  const folder = await mkdtemp(join(tmpdir(), 'imagegraph-proxy-'));
  const path = join(folder, 'engine.sock');
  const streams = new Set<http.ServerResponse>();
  const calls: EngineCall[] = [];
  let isDown = false;
  const server = http.createServer((request, response) => {
    const asked = (request.url ?? '').replace(/^\/v1\.\d+/, '').replace(/\?.*$/, '');
    calls.push({ what: `${request.method} ${asked}`, at: performance.now() });
    if (asked === '/events') {
      streams.add(response);
      response.on('close', () => streams.delete(response));
      if (isDown) return response.destroy();
    }
    return forward(engine, request, response);
  });
  await new Promise<void>((resolve) => {
    if (tcp) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  const { port } = server.address() as net.AddressInfo;
  return {
    url: tcp ? `http://127.0.0.1:${port}` : `unix://${path}`,
    calls,
    dial: () => (tcp ? net.connect(port, '127.0.0.1') : net.connect(path)),
    cut: () => server.closeAllConnections(),
    cutEvents(keepDown = false) {
      isDown = keepDown;
      for (const response of streams) response.destroy();
    },
    mend: () => void (isDown = false),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}

function forward(
  socketPath: string,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const { method, url: path, headers } = request;
  const outgoing = http.request({ socketPath, method, path, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // Events may be long in coming: their reader must know that the engine has agreed.
    response.flushHeaders();
    pipeline(answer, response, () => answer.destroy());
  });
  response.on('close', () => outgoing.destroy());
  outgoing.on('error', () => response.destroy());
  request.pipe(outgoing);
}
