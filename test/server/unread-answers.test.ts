import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpGateway, startHttpGateway } from '../support/http-gateway.ts';
import { postOf } from '../support/post.ts';

/** More than the kernel takes of one connection that nobody reads. */
const LARGE = Buffer.alloc(20_000_000);
const MOST = 3.5 * LARGE.length;

let gateway: HttpGateway;
let cuts = 0;
const clients: net.Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await gateway.close();
});

async function serve(answer: (response: ServerResponse) => void, unreadBytes = MOST) {
  cuts = 0;
  gateway = await startHttpGateway({
    server: {
      unreadBytes,
      onUnread: () => cuts++,
      graphql: (_request, response) => answer(response),
    },
  });
}

/** Asks, and reads nothing. */
async function ask(): Promise<void> {
  const client = net.connect(gateway.port, '127.0.0.1').pause();
  clients.push(client);
  client.on('error', () => {});
  await once(client, 'connect');
  client.write(postOf(gateway.url, '{ __typename }'));
}

/** Reads on: whether the whole answer comes. */
function isWhole(client: net.Socket): Promise<boolean> {
  let length = 0;
  return new Promise((resolve) => {
    client.on('close', () => resolve(false));
    client.on('data', (chunk) => {
      length += chunk.length;
      if (length >= LARGE.length) resolve(true);
    });
    client.resume();
  });
}

describe('more than may be unread', () => {
  it.each([
    ['answers', (response: ServerResponse) => void response.end(LARGE)],
    ['streams of events', (response: ServerResponse) => void response.write(LARGE)],
  ])('%s: those that have waited longest are cut off, until it is less', async (_, answer) => {
    let begun = 0;
    await serve((response) => {
      begun++;
      answer(response);
    });
    for (let count = 1; count <= 5; count++) {
      await ask();
      await expect.poll(() => begun).toBe(count);
    }
    await expect.poll(() => cuts).toBe(2);
    const whole = await Promise.all(clients.map(isWhole));
    expect(whole).toEqual([false, false, true, true, true]);
    expect(cuts).toBe(2);
  });

  it('a single one may be as long as it likes', async () => {
    await serve((response) => void response.end(LARGE), 1);
    await ask();
    expect(await Promise.all(clients.map(isWhole))).toEqual([true]);
    expect(cuts).toBe(0);
  });
});
