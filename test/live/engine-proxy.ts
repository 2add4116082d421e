import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { once } from 'node:events';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A list of all images, among calls. */
export const FULL_LIST = /^GET \/images\/json/;

/** A wire between a gateway and an engine that counts what goes over it, and can be cut. */
export interface EngineProxy {
  /** Method and path without its version of every request since the last look. */
  readonly calls: string[];
  dial(): net.Socket;
  /** Ends every stream of events. @param keepDown until `mend` no other comes about */
  cutEvents(keepDown?: boolean): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startEngineProxy(engineUrl: string): Promise<EngineProxy> {
  const engineSocket = engineUrl.slice('unix://'.length);
  const directory = await mkdtemp(join(tmpdir(), 'imagegraph-proxy-'));
  const socketPath = join(directory, 'engine.sock');
  const streams = new Set<http.ServerResponse>();
  const calls: string[] = [];
  let isDown = false;
  const server = http.createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v1\.\d+/, '');
    calls.push(`${request.method} ${path}`);
    if (path.startsWith('/events')) {
      if (isDown) {
        response.destroy();
        return;
      }
      streams.add(response);
      response.on('close', () => streams.delete(response));
    }
    forward(engineSocket, request, response);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    calls,
    dial: () => net.connect(socketPath),
    cutEvents(keepDown = false) {
      isDown = keepDown;
      for (const response of streams) response.destroy();
    },
    mend() {
      isDown = false;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function forward(
  socketPath: string,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const { method, url, headers } = request;
  const outgoing = http.request({ socketPath, method, path: url, headers, agent: false });
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
}
