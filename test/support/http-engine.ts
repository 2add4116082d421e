import http from 'node:http';
import net from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An HTTP server on a unix socket that stands in an engine's place and remembers what it was asked. */
export interface HttpEngine {
  readonly socketPath: string;
  /** Method and path of every request since the last look, but for pings, which come by the clock. */
  readonly calls: string[];
  dial(): net.Socket;
  close(): Promise<void>;
}

export async function startHttpEngine(answer: http.RequestListener): Promise<HttpEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'imagegraph-'));
  const socketPath = join(directory, 'engine.sock');
  const calls: string[] = [];
  const server = http.createServer((request, response) => {
    if (request.url !== '/_ping') calls.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  // Engines are patient with connections that nobody uses.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    calls,
    dial: () => net.connect(socketPath),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function sendJson(response: http.ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
