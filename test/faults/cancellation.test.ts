import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { frozen } from './broken-answers.ts';
import { type FaultEngine, INSPECTS, LISTS, startFaultEngine } from './fault-engine.ts';
import { postOf } from '../support/post.ts';
import { type Served, serve } from './served.ts';

const IMAGES = 3;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function started(
  index: 'live' | 'off',
  images = IMAGES,
): Promise<{ engine: FaultEngine; gateway: Served }> {
  const engine = await startFaultEngine(images);
  open.push(engine.stop);
  const gateway = await serve({ e: engine.dial }, index);
  open.push(gateway.close);
  await gateway.recovered('{ images(first: 1) { nodes { imageId } } }');
  // A live index compares some images with its first list.
  const inspects = () => engine.calls.filter((path) => INSPECTS.test(path)).length;
  if (index === 'live') await expect.poll(inspects).toBe(images);
  return { engine, gateway };
}

/** Asks by a connection of its own, which leaves when it is told to. */
async function client({ port }: Served, query: string): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(postOf(`http://127.0.0.1:${port}`, query));
  return socket;
}

const first = (fields: string) => `{ images(first: 1) { nodes { imageId ${fields} } } }`;
const CONTAINERS = /^\/containers\/json/;
const HISTORIES = /^\/images\/.+\/history/;

describe('S7 a client that leaves takes its calls to the engine along', () => {
  it.each<[string, 'live' | 'off', string, RegExp]>([
    ['a list', 'off', first(''), LISTS],
    ['a list of containers', 'off', first('usedBy { totalCount }'), CONTAINERS],
    ['an inspect', 'off', first('config { user }'), INSPECTS],
    ['an inspect', 'live', first('config { user }'), INSPECTS],
    ['a history', 'live', first('history { createdBy }'), HISTORIES],
    ['the layers of all images', 'live', first('baseImages { imageId }'), INSPECTS],
    ['shared sizes', 'live', first('sharedSize'), LISTS],
    ['statuses', 'live', first('usedBy { nodes { statusText } }'), CONTAINERS],
    ['disk usage', 'live', '{ engine { imageDiskUsage { reclaimableSize } } }', /^\/system\/df/],
    [
      'a question for a registry',
      'live',
      first('repoTags { registry { descriptor { digest } } }'),
      /^\/distribution\//,
    ],
  ])('%s, index %s', async (_, index, query, calls) => {
    const { engine, gateway } = await started(index);
    engine.fail(frozen, calls);
    const socket = await client(gateway, query);
    await expect.poll(() => engine.underWay(calls), { timeout: 5_000 }).toBeGreaterThan(0);
    const leftAt = performance.now();
    socket.destroy();
    await expect.poll(() => engine.underWay(calls), { timeout: 3_000, interval: 5 }).toBe(0);
    // 3 ms on an idle machine, 100 ms are promised.
    expect(performance.now() - leftAt).toBeLessThan(500);
  });

  it('but not those that another one waits for', async () => {
    const { engine, gateway } = await started('off');
    let answer = (): void => {};
    engine.fail((_request, _response, sound) => (answer = sound), LISTS);
    const socket = await client(gateway, first(''));
    const other = gateway.ask(first(''));
    await expect.poll(() => engine.underWay(LISTS)).toBe(1);
    // Both are in by now: what comes over another connection later is answered later.
    await gateway.ask('{ engines { name } }');
    socket.destroy();
    await gateway.ask('{ engines { name } }');
    expect(engine.underWay(LISTS)).toBe(1);
    answer();
    expect((await other).errors).toBeUndefined();
  });

  it('and those that wait for a place, with the place', async () => {
    const { engine, gateway } = await started('off', 12);
    const query = '{ images(first: 12) { nodes { config { user } } } }';
    const inspects = () => engine.calls.filter((path) => INSPECTS.test(path)).length;
    engine.fail(frozen, INSPECTS);
    const socket = await client(gateway, query);
    await expect.poll(inspects).toBe(8);
    socket.destroy();
    await expect.poll(() => engine.underWay(INSPECTS), { interval: 5 }).toBe(0);
    await gateway.ask('{ engines { name } }');
    // The four that waited were never sent.
    expect(inspects()).toBe(8);
    engine.fail(null);
    expect((await gateway.ask(query)).errors).toBeUndefined();
  });
});
