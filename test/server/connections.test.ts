import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import net from 'node:net';
import { expect, it } from 'vitest';
import { startHttpGateway } from '../support/http-gateway.ts';
import { postOf } from '../support/post.ts';

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
  client.write(postOf(gateway.url, '{ __typename }'));
  await expect.poll(() => begun.length).toBe(1);
  client.write(postOf(gateway.url, '{ __typename }'));
  await expect.poll(() => begun[0]?.destroyed).toBe(true);
  await gateway.close();
  expect(begun).toHaveLength(1);
});

it('every answer hears of it when its client leaves, also behind others that are not read', async () => {
  const begun: ServerResponse[] = [];
  const gone = new Set<ServerResponse>();
  const gateway = await startHttpGateway({
    server: {
      graphql(_request, response) {
        begun.push(response);
        response.once('close', () => gone.add(response));
        // The first fills what the kernel takes, and the second stands behind it, each with little left to send.
        if (begun.length === 1) while (response.write(Buffer.alloc(16_384)));
        if (begun.length < 3) response.end('.');
      },
    },
  });
  const client = net.connect(gateway.port, '127.0.0.1').on('error', () => {});
  await once(client, 'connect');
  client.pause();
  for (const count of [1, 2, 3]) {
    client.write(postOf(gateway.url, '{ __typename }'));
    await expect.poll(() => begun.length).toBe(count);
  }
  client.destroy();
  await expect.poll(() => gone.size).toBe(3);
  await gateway.close();
});
