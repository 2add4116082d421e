import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createListener } from '../../src/server/listener.ts';
import { type HttpGateway, startHttpGateway } from '../support/http-gateway.ts';

/** Shorter than the server's own, in the same proportions. */
const patience = {
  headersTimeout: 500,
  requestTimeout: 1_500,
  connectionsCheckingInterval: 100,
  keepAliveTimeout: 250,
};

let gateway: HttpGateway;
beforeAll(async () => {
  gateway = await startHttpGateway({ server: { patience, idleMs: 1_500 } });
});
afterAll(() => gateway.close());

/** What comes back before the server ends the connection, of a client that sends a piece every 50 ms. */
function drip(start: string, piece: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect(gateway.port, '127.0.0.1', () => socket.write(start));
    const timer = piece === '' ? undefined : setInterval(() => socket.write(piece), 50);
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve(text);
    });
  });
}

describe('a server of its own values', () => {
  it('waits for so long, and holds so many connections', () => {
    expect(createListener(null)).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5_000,
      maxConnections: 500,
    });
  });
});

describe('a client that is slow', () => {
  const line = 'POST /graphql HTTP/1.1\r\n';
  const head = () => `${line}Host: localhost:${gateway.port}\r\nContent-Type: application/json\r\n`;

  it('H1: with its headers is told so', async () => {
    expect(await drip(line, 'X-A: b\r\n')).toMatch(/^HTTP\/1.1 408 /);
  });

  it('H2: with its body is told so', async () => {
    expect(await drip(`${head()}Content-Length: 1000\r\n\r\n`, 'x')).toMatch(/^HTTP\/1.1 408 /);
  });

  it('H3: and says nothing at all is left', async () => {
    expect(await drip('', '')).toMatch(/^(HTTP\/1.1 408 .*)?$/s);
  });

  it('does not keep others waiting', async () => {
    const slow = Array.from({ length: 50 }, () => drip(line, 'X-A: b\r\n'));
    const body = '{"query":"{ __typename }"}';
    const answer = await gateway.exchange(
      `${head()}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer.status).toBe(200);
    await Promise.all(slow);
  });
});
