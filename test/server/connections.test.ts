import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import net from 'node:net';
import { expect, it } from 'vitest';
import { startHttpGateway } from '../support/http-gateway.ts';

const BODY = '{"query":"{ __typename }"}';
const post = (port: number) =>
  `POST /graphql HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

it.each([
  ['made', () => {}],
  // More than a connection takes.
  ['read', (response: ServerResponse) => void response.end(Buffer.alloc(64_000_000))],
])('who asks again before an answer is %s is cut off, and not answered', async (_, answer) => {
  const begun: ServerResponse[] = [];
  const gateway = await startHttpGateway({
    server: {
      graphql(_request, response) {
        begun.push(response);
        answer(response);
      },
    },
  });
  const client = net.connect(gateway.port, '127.0.0.1').on('error', () => {});
  await once(client, 'connect');
  client.write(post(gateway.port));
  await expect.poll(() => begun.length).toBe(1);
  client.write(post(gateway.port));
  await expect.poll(() => begun[0]?.destroyed).toBe(true);
  await gateway.close();
  expect(begun).toHaveLength(1);
});
