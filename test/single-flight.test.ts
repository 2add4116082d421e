import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSingleFlight, createSingleFlights } from '../src/single-flight.ts';

const outOfTime = () => new Error('out of time');

/** A read that ends when a test says so. */
function createRead() {
  const signals: AbortSignal[] = [];
  const ends: PromiseWithResolvers[] = [];
  return {
    signals,
    end: (at: number, value: string) => ends[at]?.resolve(value),
    fail: (at: number, error: Error) => ends[at]?.reject(error),
    read(signal: AbortSignal): Promise<string> {
      signals.push(signal);
      return new Promise((resolve, reject) => ends.push({ resolve, reject }));
    },
  };
}
interface PromiseWithResolvers {
  resolve(value: string): void;
  reject(error: Error): void;
}

describe('a read that is shared', () => {
  it('is one for all who ask meanwhile, and a new one afterwards', async () => {
    const { read, signals, end } = createRead();
    const ask = createSingleFlight(read, outOfTime);
    const signal = new AbortController().signal;
    const both = Promise.all([ask(signal), ask(signal)]);
    end(0, 'first');
    expect(await both).toEqual(['first', 'first']);
    const later = ask(signal);
    end(1, 'second');
    expect(await later).toBe('second');
    expect(signals).toHaveLength(2);
  });

  it('goes on while one waits, and is aborted when the last has left', async () => {
    const { read, signals } = createRead();
    const ask = createSingleFlight(read, outOfTime);
    const [one, other] = [new AbortController(), new AbortController()];
    const answers = Promise.allSettled([ask(one.signal), ask(other.signal)]);
    one.abort();
    expect(signals[0]?.aborted).toBe(false);
    other.abort();
    expect(signals[0]?.aborted).toBe(true);
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('outlives one whose time ran out, for the next', async () => {
    const { read, signals, end } = createRead();
    const ask = createSingleFlight(read, outOfTime);
    await expect(ask(AbortSignal.timeout(5))).rejects.toThrow('out of time');
    expect(signals[0]?.aborted).toBe(false);
    const next = ask(new AbortController().signal);
    end(0, 'late');
    expect(await next).toBe('late');
    expect(signals).toHaveLength(1);
  });

  it('fails for all who ask, and is tried again', async () => {
    const { read, signals, fail } = createRead();
    const ask = createSingleFlight(read, outOfTime);
    const signal = new AbortController().signal;
    const failed = expect(ask(signal)).rejects.toThrow('no');
    fail(0, new Error('no'));
    await failed;
    void ask(signal).catch(() => {});
    expect(signals).toHaveLength(2);
  });

  it('leaves nothing behind on the signal, which lives until the deadline of its operation', async () => {
    const { read, end } = createRead();
    const ask = createSingleFlight(read, outOfTime);
    const { signal } = new AbortController();
    const answer = ask(signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    end(0, 'done');
    await answer;
    await Promise.resolve();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('is not begun for one who has left already', async () => {
    const { read, signals } = createRead();
    const ask = createSingleFlight(read, outOfTime);
    await expect(ask(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(signals).toHaveLength(0);
  });
});

describe('reads by key', () => {
  it('are one at a time for a key, also after one was given up', async () => {
    const share = createSingleFlights<string>(outOfTime);
    const { read, signals, end, fail } = createRead();
    const leaving = new AbortController();
    const staying = new AbortController().signal;
    const first = share('k', leaving.signal, read);
    leaving.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    const second = share('k', staying, read);
    // The first one ends only now.
    fail(0, new Error('gone'));
    await new Promise(setImmediate);
    const third = share('k', staying, read);
    end(1, 'answer');
    expect(await Promise.all([second, third])).toEqual(['answer', 'answer']);
    expect(signals).toHaveLength(2);
  });
});
