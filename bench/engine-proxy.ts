import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';

/** One request that went to the engine. */
export interface Call {
  /** E.g. GET /images/json, without version and query. */
  readonly what: string;
  /** When it came, as performance.now() tells. */
  readonly at: number;
}

/** What a Call says of a full list. */
export const LIST = 'GET /images/json';

/** Stands before an engine and counts what is asked of it. */
export interface EngineProxy {
  readonly url: string;
  readonly calls: Call[];
  /** Ends what is under way. */
  cut(): void;
  close(): Promise<void>;
}

/** Listens on a socket in a folder, or, for those who know HTTP alone, on a port of this machine. */
export async function startEngineProxy(engine: string, folder?: string): Promise<EngineProxy> {
  const calls: Call[] = [];
  const server = forwarding(engine.slice('unix://'.length), calls);
  const socket = folder === undefined ? null : join(folder, 'proxy.sock');
  await new Promise<void>((resolve) => {
    if (socket === null) server.listen(0, '127.0.0.1', resolve);
    else server.listen(socket, resolve);
  });
  const port = (server.address() as AddressInfo).port;
  return {
    url: socket === null ? `http://127.0.0.1:${port}` : `unix://${socket}`,
    calls,
    cut: () => server.closeAllConnections(),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function forwarding(socketPath: string, calls: Call[]): Server {
  return createServer((incoming, response) => {
    const { method, url: path = '', headers } = incoming;
    const what = path.replace(/^\/v1\.\d+/, '').replace(/\?.*$/, '');
    calls.push({ what: `${method} ${what}`, at: performance.now() });
    const outgoing = request({ socketPath, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // Events may be long in coming: their reader must know that the engine has agreed.
      response.flushHeaders();
      pipeline(answer, response, () => answer.destroy());
    });
    response.on('close', () => outgoing.destroy());
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
}
