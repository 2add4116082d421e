import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Writes as much as the kernel takes of a connection that nobody reads, and a little more. */
async function fill(response: ServerResponse): Promise<void> {
  do {
    response.write(Buffer.alloc(16_384));
    await sleep(2);
    // It may only be on its way.
    if (response.writableLength > 0) await sleep(100);
  } while (response.writableLength === 0);
}

// Node 20 says nothing to answers that stand behind another one.
it('every answer hears of it when its client leaves, also behind others that are not read', async () => {
  const begun: ServerResponse[] = [];
  const gone = new Set<ServerResponse>();
  const gateway = await startHttpGateway({
    server: {
      graphql(_request, response) {
        begun.push(response);
        response.once('close', () => gone.add(response));
        if (begun.length === 1) void fill(response).then(() => response.end('.'));
        else if (begun.length === 2) response.end('.');
      },
    },
  });
  const client = net.connect(gateway.port, '127.0.0.1').on('error', () => {});
  await once(client, 'connect');
  client.pause();
  for (const count of [1, 2, 3]) {
    client.write(postOf(gateway.url, '{ __typename }'));
    await expect.poll(() => begun.length).toBe(count);
    // The others stand behind it, each with little left to send.
    await expect.poll(() => begun[0]?.writableEnded).toBe(true);
  }
  client.destroy();
  await expect.poll(() => gone.size).toBe(3);
  await gateway.close();
});
