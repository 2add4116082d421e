import { readFileSync } from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { HttpEngine } from '../support/http-engine.ts';
import { containerdStore, startStandInEngine } from '../support/stand-in-engine.ts';
import { type Program, start } from './program.ts';

const CLIENTS = 60;
const COUNT = '{ images { totalCount } }';
const fields = Array.from({ length: 20 }, (_, at) => `a${at}: id`).join(' ');
/** Some 10 MB. */
const LARGE = `{ images(first: 5) { nodes { engine { images(first: 1000) { nodes { ${fields} } } } } } }`;

let engine: HttpEngine;
let program: Program;
beforeAll(async () => {
  engine = await startStandInEngine(containerdStore(1_000));
  program = await start({
    args: ['--engine', `e=unix://${engine.socketPath}`, '--response-cache', '0'],
    // What Node takes in a container of 512 MB.
    env: { NODE_OPTIONS: '--max-old-space-size=256' },
  });
  await vi.waitUntil(async () => (await program.ask(COUNT)).data?.images?.totalCount === 1_000);
});
afterAll(async () => {
  await program.stop();
  await engine.close();
});

function askWithoutReading(): net.Socket {
  const port = Number(new URL(program.url).port);
  const body = JSON.stringify({ query: LARGE });
  const head = `POST /graphql HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  const client = net.connect(port, '127.0.0.1');
  client.on('error', () => {});
  client.pause().write(`${head}\r\n\r\n${body}`);
  return client;
}

it.skipIf(process.platform !== 'linux')(
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
    const status = readFileSync(`/proc/${program.child.pid}/status`, 'utf8');
    // Kilobytes, at the most.
    expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(512 * 1024);
    for (const client of clients) client.destroy();
  },
);
