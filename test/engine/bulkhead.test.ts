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
