import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { createDockerEngine } from '../../src/engine/docker-engine.ts';
import type { EngineCall, EngineCallOutcome, EngineObserver } from '../../src/engine/observer.ts';
import { createTransport } from '../../src/engine/transport.ts';
import { cut, frozen, late, stalled, status } from '../faults/broken-answers.ts';
import { type FaultEngine, INSPECTS, LISTS, startFaultEngine } from '../faults/fault-engine.ts';
import { idOf } from '../support/stand-in-engine.ts';

type Seen = Omit<EngineCall, 'engine' | 'method'> & EngineCallOutcome & { readonly asker: unknown };

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});
const signal = () => AbortSignal.timeout(10_000);

/** An engine whose calls but pings and greetings are written down when they end. */
async function observed() {
  const http: FaultEngine = await startFaultEngine();
  open.push(http.stop);
  const seen: Seen[] = [];
  const context = new AsyncLocalStorage<string>();
  const observer: EngineObserver = {
    callStarted({ engine, method, endpoint, attempt }) {
      expect([engine, method]).toEqual(['e', 'GET']);
      const asker = context.getStore();
      return (outcome) => {
        if (/^\/(_ping|version|info)$/.test(endpoint)) return;
        seen.push({ endpoint, attempt, ...outcome, asker });
      };
    },
  };
  const transport = createTransport('e', 'docker', http.dial, observer);
  const engine = createDockerEngine({ name: 'e', transport });
  open.push(engine.close);
  await engine.ready();
  return { engine, http, seen, context };
}

describe('whoever observes an engine', () => {
  it('sees each call by its endpoint, without the name of an image', async () => {
    const { engine, seen } = await observed();
    await engine.listImages(signal());
    await engine.inspectImage(idOf(1), signal());
    await engine.imageHistory(idOf(1), signal());
    await engine.askRegistry('docker.io/library/secret:1', null, signal());
    const passed = { attempt: 1, status: 200, code: null, asker: undefined };
    expect(seen).toEqual([
      { endpoint: '/images/json', ...passed },
      { endpoint: '/images/{name}/json', ...passed },
      { endpoint: '/images/{name}/history', ...passed },
      { endpoint: '/distribution/{name}/json', ...passed },
    ]);
  });

  it('sees how calls fail, and both tries of one that is made twice', async () => {
    const { engine, http, seen } = await observed();
    http.fail(status(404));
    await engine.inspectImage(idOf(1), signal());
    http.fail(cut, LISTS);
    await engine.listImages(signal()).catch(() => {});
    expect(seen.map(({ attempt, status, code }) => [attempt, status, code])).toEqual([
      [1, 404, 'NOT_FOUND'],
      [1, 200, 'ENGINE_BAD_RESPONSE'],
      [2, 200, 'ENGINE_BAD_RESPONSE'],
    ]);
  });

  it('sees a call end whose asker has left', async () => {
    const { engine, http, seen } = await observed();
    http.fail(frozen);
    const leaving = new AbortController();
    const asked = engine.inspectImage(idOf(1), leaving.signal);
    await expect.poll(() => http.underWay(INSPECTS)).toBe(1);
    leaving.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
    await expect.poll(() => seen).toMatchObject([{ status: null, code: 'ABANDONED' }]);
  });

  it('sees it in the middle of an answer, too', async () => {
    const { engine, http, seen } = await observed();
    http.fail(stalled);
    const leaving = new AbortController();
    const asked = engine.inspectImage(idOf(1), leaving.signal);
    await expect.poll(() => http.underWay(INSPECTS)).toBe(1);
    // The head has come by the time that another call is answered.
    http.fail(null);
    await engine.listImages(signal());
    leaving.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
    await expect.poll(() => seen.at(-1)).toMatchObject({ status: 200, code: 'ABANDONED' });
  });

  it('is told in the context of whoever asked, also of calls that had to wait', async () => {
    const { engine, http, seen, context } = await observed();
    http.fail(late(50));
    const asker = (at: number) =>
      context.run(`asker ${at}`, () => engine.inspectImage(idOf(1), signal()));
    await Promise.all(Array.from({ length: 20 }, (_, at) => asker(at)));
    expect(new Set(seen.map(({ asker }) => asker)).size).toBe(20);
    // Of 20 that came at once, 12 and more had to wait.
    expect(http.busiest(INSPECTS)).toBeLessThanOrEqual(8);
  });

  it('does not see calls that are refused because too many wait', async () => {
    const { engine, http, seen } = await observed();
    http.fail(late(20));
    const all = Array.from({ length: 80 }, () => engine.inspectImage(idOf(1), signal()));
    const settled = await Promise.allSettled(all);
    const refused = settled.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'ENGINE_OVERLOADED', engine: 'e' } });
    expect(seen).toHaveLength(72);
  });
});
