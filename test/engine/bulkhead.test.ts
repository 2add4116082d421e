import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { createBulkhead, isRefused } from '../../src/engine/bulkhead.ts';

/** Work that ends when a test says so. */
function createWork() {
  const ends: (() => void)[] = [];
  let running = 0;
  let busiest = 0;
  return {
    end: (at: number) => ends[at]?.(),
    started: () => ends.length,
    busiest: () => busiest,
    async work(): Promise<string> {
      busiest = Math.max(busiest, ++running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running--;
      return 'done';
    },
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a bulkhead', () => {
  it('does so much at once, the rest in turn, and refuses what would wait too long', async () => {
    const { work, end, started, busiest } = createWork();
    const bulkhead = createBulkhead(2, 3);
    const turns = Array.from({ length: 5 }, () => bulkhead.run(work));
    await expect(bulkhead.run(work)).rejects.toSatisfy(isRefused);
    for (let at = 0; at < 5; at++) {
      await turn();
      end(at);
    }
    expect(await Promise.all(turns)).toEqual(Array.from({ length: 5 }, () => 'done'));
    expect([started(), busiest()]).toEqual([5, 2]);
  });

  it('lets go who has left while waiting, and never begins their work', async () => {
    const { work, end, started } = createWork();
    const bulkhead = createBulkhead(1);
    const first = bulkhead.run(work);
    const leaving = new AbortController();
    const second = bulkhead.run(work, leaving.signal);
    const third = bulkhead.run(work);
    leaving.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    end(0);
    await first;
    await turn();
    end(1);
    await third;
    expect(started()).toBe(2);
  });

  it('gives the places in the line to others when those who wait leave, first, last or between', async () => {
    const { work, end } = createWork();
    const bulkhead = createBulkhead(1, 3);
    const first = bulkhead.run(work);
    const began: string[] = [];
    const wait = (name: string, signal?: AbortSignal) =>
      bulkhead.run(async () => void began.push(name), signal);
    const leaving = Array.from({ length: 3 }, () => new AbortController());
    const left = leaving.map(({ signal }, at) => wait(`left ${at}`, signal));
    await expect(wait('refused')).rejects.toSatisfy(isRefused);
    for (const at of [1, 0, 2]) leaving[at]?.abort(new Error('left'));
    for (const one of left) await expect(one).rejects.toThrow('left');
    const stayed = ['a', 'b', 'c'].map((name) => wait(name));
    await expect(wait('refused')).rejects.toSatisfy(isRefused);
    end(0);
    await Promise.all([first, ...stayed]);
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('begins nothing for one who has left already', async () => {
    const { work, started } = createWork();
    const left = AbortSignal.abort(new Error('left'));
    await expect(createBulkhead(1).run(work, left)).rejects.toThrow('left');
    expect(started()).toBe(0);
  });

  it('takes no longer for each, the more there are', { timeout: 20_000 }, async () => {
    const bulkhead = createBulkhead(8);
    const all = Array.from({ length: 200_000 }, (_, at) => bulkhead.run(() => Promise.resolve(at)));
    expect((await Promise.all(all)).at(-1)).toBe(199_999);
  });

  it('goes on when work fails', async () => {
    const bulkhead = createBulkhead(1);
    const failing = bulkhead.run(() => Promise.reject(new Error('no')));
    const next = bulkhead.run(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('does what waited in the context of whoever asked for it', async () => {
    const context = new AsyncLocalStorage<string>();
    const { work, end } = createWork();
    const bulkhead = createBulkhead(1);
    const first = context.run('first', () => bulkhead.run(work));
    const second = context.run('second', () =>
      bulkhead.run(() => Promise.resolve(context.getStore())),
    );
    end(0);
    await first;
    expect(await second).toBe('second');
  });
});
