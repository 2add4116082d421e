import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { frozen, late } from '../test/faults/broken-answers.ts';
import { type FaultEngine, INSPECTS, startFaultEngine } from '../test/faults/fault-engine.ts';
import { idOf } from '../test/support/stand-in-engine.ts';
import { type Gateway, startWarm, UNCACHED } from './gateway.ts';
import { atMost, type Bar } from './report.ts';
import { percentile } from './statistics.ts';

const IMAGES = 5_000;
const LEAVES = 100;
const PROBES = 200;
const ROUNDS = 5;
/** More than an engine is asked and than may wait, and each asks again and again. */
const CROWD = 100;

/** What an engine in trouble costs those who ask, and how soon it is over. */
export async function benchResilience(): Promise<readonly Bar[]> {
  const engine = await startFaultEngine(IMAGES);
  const gateway = await startWarm(`e=${engine.url}`, UNCACHED);
  try {
    // The index inspects a few images by itself once it is live.
    await sleep(1_000);
    return [
      ...(await leaving(engine, gateway)),
      ...(await overloaded(engine, gateway)),
      ...(await gone(engine, gateway)),
    ];
  } finally {
    await gateway.stop();
    await engine.stop();
  }
}

const detail = (image: number) =>
  JSON.stringify({ query: `{ image(reference: "${idOf(image)}") { config { user } } }` });

async function leaving(engine: FaultEngine, { url }: Gateway): Promise<readonly Bar[]> {
  engine.fail(frozen, INSPECTS);
  const times: number[] = [];
  for (let at = 1; at <= LEAVES; at++) {
    const socket = await sent(url, detail(at));
    while (engine.underWay(INSPECTS) === 0) await turn();
    const leftAt = performance.now();
    socket.destroy();
    while (engine.underWay(INSPECTS) > 0) await turn();
    times.push(performance.now() - leftAt);
  }
  engine.fail(null);
  return [
    atMost(`a client leaves until its call to the engine ends, p99 of ${LEAVES}`, 100, ' ms', [
      percentile(times, 99),
    ]),
  ];
}

async function overloaded(engine: FaultEngine, { url }: Gateway): Promise<readonly Bar[]> {
  engine.fail(late(1_000), INSPECTS);
  const over = new AbortController();
  const crowd = Array.from({ length: CROWD }, async (_, at) => {
    for (let image = LEAVES + at + 1; !over.signal.aborted; image += CROWD) {
      const { code } = await timed(url, detail((image % IMAGES) + 1));
      if (code !== null) await sleep(100);
    }
  });
  await sleep(1_000);
  const refusals: number[] = [];
  for (let at = 0; at < PROBES; at++) {
    const { milliseconds, code } = await timed(url, detail(IMAGES - at));
    if (code === 'ENGINE_OVERLOADED') refusals.push(milliseconds);
  }
  over.abort();
  await Promise.all(crowd);
  engine.fail(null);
  return [
    atMost(
      `a refusal while ${CROWD} clients crowd a slow engine, p99 of ${refusals.length}`,
      50,
      ' ms',
      [percentile(refusals, 99)],
    ),
    atMost('calls to that engine at once', 8, '', [engine.busiest(INSPECTS)]),
  ];
}

async function gone(engine: FaultEngine, { url }: Gateway): Promise<readonly Bar[]> {
  const [refusals, recoveries]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    await engine.stop();
    while ((await timed(url, LIST)).code === null) await sleep(10);
    for (let at = 0; at < PROBES / ROUNDS; at++)
      refusals.push((await timed(url, LIST)).milliseconds);
    await engine.start();
    const since = performance.now();
    while ((await timed(url, LIST)).code !== null) await sleep(10);
    recoveries.push(performance.now() - since);
  }
  return [
    atMost(`an answer while the engine is gone, p99 of ${refusals.length}`, 50, ' ms', [
      percentile(refusals, 99),
    ]),
    atMost(`the engine is back until the first good answer, longest of ${ROUNDS}`, 2_000, ' ms', [
      Math.max(...recoveries),
    ]),
  ];
}

const LIST = JSON.stringify({ query: '{ images(first: 1) { nodes { imageId } } }' });

async function timed(url: string, body: string) {
  const since = performance.now();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  const code = errors?.[0]?.extensions.code ?? null;
  return { milliseconds: performance.now() - since, code };
}

/** A request over a connection of its own. */
async function sent(url: string, body: string): Promise<net.Socket> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}
