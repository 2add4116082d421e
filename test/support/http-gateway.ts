import net from 'node:net';
import { createGateway, type GatewayOptions } from '../../src/gateway.ts';
import { clientOf } from '../../src/server/client-of.ts';
import { type HttpServerOptions, listen } from '../../src/server/http-server.ts';
import { connectTo, createIndex } from './gateway.ts';
import { containerdStore, type StandIn, startStandInEngine } from './stand-in-engine.ts';

/** A gateway by HTTP on a free port of loopback, over one engine, e, of three images when nothing else is said. */
export interface HttpGateway {
  readonly url: string;
  readonly port: number;
  /** Method and path of every request to the engine since the last look, but for pings. */
  readonly calls: string[];
  readonly hidden: unknown[];
  /** Header and value of what the door refused. */
  readonly refused: string[];
  /** Sends bytes as they are and gives what comes back until the server closes the connection. */
  exchange(...parts: readonly (string | Buffer)[]): Promise<Exchange>;
  close(): Promise<void>;
}

/** What came back over a connection. */
export interface Exchange {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the first error; null where there is none. */
  readonly code: string | null;
}

export interface HttpGatewayOptions {
  readonly content?: StandIn;
  readonly server?: Partial<HttpServerOptions>;
  readonly gateway?: Partial<GatewayOptions>;
}

export async function startHttpGateway(options: HttpGatewayOptions = {}): Promise<HttpGateway> {
  const http = await startStandInEngine(options.content ?? containerdStore(3));
  const engine = connectTo('e', http.dial);
  await engine.facts();
  const hidden: unknown[] = [];
  const refused: string[] = [];
  const gateway = createGateway({
    indexes: new Map([['e', createIndex(engine)]]),
    onHiddenError: (error) => void hidden.push(error),
    ...options.gateway,
  });
  const server = await listen({
    address: { host: '127.0.0.1', port: 0 },
    graphiql: false,
    onRefused: (header, value) => void refused.push(`${header}: ${value}`),
    graphql: (request, response) => void gateway(request, response, { client: clientOf(request) }),
    ...options.server,
  });
  const port = Number(new URL(server.url).port);
  http.calls.splice(0);
  return {
    url: server.url,
    port,
    calls: http.calls,
    hidden,
    refused,
    exchange: (...parts) => exchange(port, parts),
    async close() {
      await server.close();
      engine.close();
      await http.close();
    },
  };
}

function exchange(port: number, parts: readonly (string | Buffer)[]): Promise<Exchange> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = net.connect(port, '127.0.0.1', () =>
      parts.forEach((part) => socket.write(part)),
    );
    socket.on('data', (chunk) => chunks.push(chunk));
    // A reset after the answer is what a client meets that sends more than it should.
    socket.on('error', () => {});
    socket.on('close', () => resolve(parsed(Buffer.concat(chunks).toString())));
  });
}

function parsed(text: string): Exchange {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [start = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => line.split(/:\s*(.*)/s, 2) as [string, string]);
  return {
    status: Number(start.split(' ')[1] ?? 0),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body,
    code: /"code":"([A-Z_]+)"/.exec(body)?.[1] ?? null,
  };
}
