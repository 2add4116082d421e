import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDeadlines, createWorkEnds } from '../src/deadlines.ts';
import { collectGarbage } from './support/heap.ts';

describe('a deadline', () => {
  it('ends its task, also when garbage was collected before', async () => {
    let ended = 0;
    const signals = Array.from({ length: 50 }, () =>
      createDeadlines(new AbortController().signal, 100)(),
    );
    for (const signal of signals) signal.addEventListener('abort', () => ended++);
    await delay(20);
    collectGarbage();
    await expect.poll(() => ended, { timeout: 5_000 }).toBe(50);
    expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('keeps nothing of a task that is over', async () => {
    const tasks = Array.from({ length: 50 }, () => {
      const task = {};
      const signal = createDeadlines(new AbortController().signal, 60_000)();
      signal.addEventListener('abort', () => expect(task).toBeDefined());
      return new WeakRef(task);
    });
    const areGone = async () => {
      await delay(0);
      collectGarbage();
      return tasks.every((task) => task.deref() === undefined);
    };
    await expect.poll(areGone, { timeout: 5_000 }).toBe(true);
  });

  it('counts no longer once there is another', async () => {
    const next = createDeadlines(new AbortController().signal, 50);
    const [first, second] = [next(), next()];
    await expect.poll(() => second.aborted, { timeout: 5_000 }).toBe(true);
    expect(first.aborted).toBe(false);
  });

  it('is over when whoever asked has left, before and after', () => {
    const client = new AbortController();
    const next = createDeadlines(client.signal, 60_000);
    const under = next();
    client.abort(new Error('left'));
    expect(under.reason).toEqual(new Error('left'));
    expect(next().aborted).toBe(true);
  });
});

describe('work on what is read under a deadline', () => {
  const late = new Error('late');
  const begin = (milliseconds = 60_000) => {
    const client = new AbortController();
    const excess = new AbortController();
    const deadlines = createDeadlines(client.signal, milliseconds);
    const workEnds = createWorkEnds(excess.signal, () => late);
    return { client, excess, next: () => workEnds(deadlines()) };
  };

  it('ends a little later than the reads, so that it can say what they lack', async () => {
    const work = begin(50).next();
    await delay(100);
    expect(work.aborted).toBe(false);
    await expect.poll(() => work.reason, { timeout: 5_000 }).toBe(late);
  });

  it('ends at once when whoever asked has left', () => {
    const { client, next } = begin();
    const work = next();
    client.abort(new Error('left'));
    expect(work.reason).toEqual(new Error('left'));
  });

  it('ends when it comes to too much; the next of its series begins all the same', async () => {
    const { excess, next } = begin();
    const first = next();
    excess.abort(new Error('too much'));
    // Whoever makes it too much is still going through what it has.
    expect(first.aborted).toBe(false);
    await Promise.resolve();
    expect(first.reason).toEqual(new Error('too much'));
    expect(next().aborted).toBe(false);
  });
});
