import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import { type HttpServer, listen } from '../../src/server/http-server.ts';

const gateway = createGateway({ indexes: new Map(), onHiddenError: () => {} });
const QUERY = '{"query":"{ __typename }"}';

let server: HttpServer;
beforeAll(async () => {
  const address = { host: '127.0.0.1', port: 0 };
  server = await listen({
    address,
    graphiql: false,
    graphql: (...given) => void gateway(...given),
  });
});
afterAll(() => server.close());

/** What comes back for a body in chunks of one byte, until the connection is closed. */
async function sent(path: string, body: string): Promise<string> {
  const { port } = new URL(server.url);
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
  socket.write(`${head}${[...body].map((letter) => `1\r\n${letter}\r\n`).join('')}0\r\n\r\n`);
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

describe('a body in chunks of one byte', () => {
  it('is taken when there are few', async () => {
    expect(await sent('/graphql', QUERY.padEnd(1_000))).toContain(
      '{"data":{"__typename":"Query"}}',
    );
  });

  it('is cut off when there are many, also where it is refused', async () => {
    const many = QUERY.padEnd(20_000);
    expect(await sent('/graphql', many)).toBe('');
    expect(await sent('/nowhere', many)).not.toContain('data');
  });

  it('of a query leaves its connection open for the next', async () => {
    const headers = { 'content-type': 'application/json' };
    const { headers: given } = await fetch(server.url, { method: 'POST', headers, body: QUERY });
    expect(given.get('connection')).toBe('keep-alive');
  });

  it('of a probe ends with its answer', async () => {
    const answer = await sent('/healthz', 'x'.repeat(20_000));
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toContain('ok\n');
  });
});
