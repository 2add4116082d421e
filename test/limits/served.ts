import { createGateway, type GatewayOptions } from '../../src/gateway.ts';
import { createReadThroughIndex } from '../../src/image-index/read-through-index.ts';
import { clientOf } from '../../src/server/client-of.ts';
import { listen } from '../../src/server/http-server.ts';
import { connectTo } from '../support/gateway.ts';
import { containerdStore, startStandInEngine } from '../support/stand-in-engine.ts';

/** What came of a request. */
export interface Sent {
  readonly status: number;
  readonly text: string;
  readonly data: any;
  readonly errors: readonly { message: string; path?: unknown; extensions: { code: string } }[];
  /** Of this process, client and engine included. */
  readonly cpuMs: number;
}

/** A gateway by HTTP over an engine that counts its calls. */
export interface Served {
  readonly url: string;
  readonly calls: string[];
  readonly hidden: unknown[];
  send(body: string, accept?: string): Promise<Sent>;
  close(): Promise<void>;
}

export const GRAPHQL = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';

export async function serve(options: Partial<GatewayOptions> = {}, images = 3): Promise<Served> {
  const http = await startStandInEngine(containerdStore(images));
  const engine = connectTo('e', http.dial);
  await engine.facts();
  const hidden: unknown[] = [];
  const gateway = createGateway({
    indexes: new Map([['e', createReadThroughIndex(engine)]]),
    onHiddenError: (error) => void hidden.push(error),
    ...options,
  });
  const server = await listen({
    address: { host: '127.0.0.1', port: 0 },
    graphiql: false,
    graphql: (request, response) => void gateway(request, response, { client: clientOf(request) }),
  });
  http.calls.splice(0);
  return {
    url: server.url,
    calls: http.calls,
    hidden,
    send: (body, accept = JSON_TYPE) => send(server.url, body, accept),
    async close() {
      await server.close();
      engine.close();
      await http.close();
    },
  };
}

async function send(url: string, body: string, accept: string): Promise<Sent> {
  const before = process.cpuUsage();
  const headers = { 'content-type': 'application/json', accept };
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  const { user, system } = process.cpuUsage(before);
  const { data, errors = [] } = JSON.parse(text) as Partial<Sent>;
  return { status: response.status, text, data, errors, cpuMs: (user + system) / 1_000 };
}
