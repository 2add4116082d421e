import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a door before a registry treats those who come. */
export type Manner = 'open' | 'password' | 'limited' | 'silent' | 'broken';

/** A door before a real registry, on a port of its own: another registry to engines. */
export interface RegistryDoor {
  /** host:port, as references have it. */
  readonly host: string;
  manner: Manner;
  /** Requests for manifests so far. */
  readonly asked: () => number;
  close(): Promise<void>;
}

/** Whom the door lets in by password. */
export const LOGIN = { user: 'me', password: 'a:secret' };
export const RETRY_AFTER_S = 7;

const BASIC = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`;

/** @param upstream host:port of the registry */
export async function startRegistryDoor(upstream: string): Promise<RegistryDoor> {
  let asked = 0;
  const server = http.createServer((request, response) => {
    const isManifest = request.url?.includes('/manifests/') ?? false;
    if (isManifest) asked++;
    if (door.manner === 'silent') return undefined;
    if (door.manner === 'broken') return void response.writeHead(500).end();
    if (door.manner === 'limited' && isManifest) {
      const body = { errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] };
      const headers = { 'retry-after': String(RETRY_AFTER_S), 'content-type': 'application/json' };
      return void response.writeHead(429, headers).end(JSON.stringify(body));
    }
    if (door.manner === 'password' && request.headers.authorization !== BASIC) {
      const body = { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] };
      const headers = {
        'www-authenticate': 'Basic realm="door"',
        'content-type': 'application/json',
      };
      return void response.writeHead(401, headers).end(JSON.stringify(body));
    }
    return pass(request, response, upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door: RegistryDoor = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    manner: 'open',
    asked: () => asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return door;
}

function pass(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  upstream: string,
): void {
  const [hostname, port] = upstream.split(':');
  const { authorization: _, ...headers } = request.headers;
  const options = { hostname, port, method: request.method, path: request.url, headers };
  const outgoing = http.request(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  request.pipe(outgoing);
}
