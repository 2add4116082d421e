import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postOf } from '../support/post.ts';
import type { Program } from './program.ts';
import { nested, startOverThousand } from './thousand-images.ts';

const CLIENTS = 60;
const COUNT = '{ images { totalCount } }';
const LARGE = `{ ${nested(5)} }`;

let program: Program;
let close: () => Promise<void>;
// What Node takes in a container of 512 MB.
beforeAll(async () => ({ program, close } = await startOverThousand(256)));
afterAll(() => close());

function askWithoutReading(): net.Socket {
  const client = net.connect(Number(new URL(program.url).port), '127.0.0.1');
  client.on('error', () => {});
  client.pause().write(postOf(program.url, LARGE));
  return client;
}

/** Sixty large answers, one after the other, by a process that has little room: 25 s of a slow processor. */
const LONG_MS = 120_000;

it(
  'clients that read none of their answers are cut off, and others are answered',
  async () => {
    const clients: net.Socket[] = [];
    for (let made = 0; made < CLIENTS; made++) {
      clients.push(askWithoutReading());
      // One after the other: of what is made at once, most is refused.
      expect((await program.ask(COUNT)).data.images.totalCount).toBe(1_000);
    }
    await expect.poll(() => program.stderr()).toContain('cut off');
    // While new ones come in all the time, one that reads slowly may be cut off too.
    const read = () => program.ask(LARGE).then(({ data }) => data.images.nodes.length, String);
    await expect.poll(read).toBe(5);
    expect(program.child.exitCode).toBeNull();
    for (const client of clients) client.destroy();
  },
  LONG_MS,
);
