import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import net from 'node:net';
import { expect, it } from 'vitest';
import { startHttpGateway } from '../support/http-gateway.ts';

const BODY = '{"query":"{ __typename }"}';
const post = (port: number) =>
  `POST /graphql HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

// Node 20 says nothing to an answer that stands behind two others.
it('every answer hears of it when its client leaves, also behind others that are not read', async () => {
  const begun: ServerResponse[] = [];
  const gone = new Set<ServerResponse>();
  const gateway = await startHttpGateway({
    server: {
      graphql(_request, response) {
        begun.push(response);
        response.once('close', () => gone.add(response));
        // More than a connection takes. Its answer is made, so another request is in order.
        if (begun.length < 3) response.end(Buffer.alloc(64_000_000));
      },
    },
  });
  const client = net.connect(gateway.port, '127.0.0.1');
  await once(client, 'connect');
  for (const count of [1, 2, 3]) {
    client.write(post(gateway.port));
    await expect.poll(() => begun.length).toBe(count);
  }
  client.destroy();
  await expect.poll(() => gone.size).toBe(3);
  await gateway.close();
});
