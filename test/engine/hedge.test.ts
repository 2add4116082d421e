import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHedge } from '../../src/engine/hedge.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A read that settles when the test says so, and rejects when it is aborted. */
function createReads() {
  const sent: { signal: AbortSignal; answer(text: string): void; fail(error: Error): void }[] = [];
  const read = (signal: AbortSignal): Promise<string> =>
    new Promise((answer, fail) => {
      sent.push({ signal, answer, fail });
      signal.addEventListener('abort', () => fail(signal.reason));
    });
  const live = () => sent.filter(({ signal }) => !signal.aborted).length;
  return { sent, read, live };
}

const NEVER = new AbortController().signal;

/** A hedge that has seen reads of so many milliseconds. */
async function hedgeAfter(...lastMs: readonly number[]) {
  const hedge = createHedge();
  for (const ms of lastMs) {
    const { sent, read } = createReads();
    const result = hedge(NEVER, read);
    await vi.advanceTimersByTimeAsync(ms);
    sent[0]?.answer('known');
    await result;
  }
  return hedge;
}

describe('a read without a deadline', () => {
  it('is sent once when it takes as long as the last one', async () => {
    const hedge = await hedgeAfter(1_000);
    const { sent, read } = createReads();
    const result = hedge(NEVER, read);
    await vi.advanceTimersByTimeAsync(7_900);
    sent[0]?.answer('rows');
    expect(await result).toBe('rows');
    expect(sent).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['after 1.5 seconds at least', [10], 1_500],
    ['after 8 times as long as the last one', [1_000], 8_000],
    ['however long the last one took, when another was fast', [10, 1_400], 1_500],
    ['only by the last five', [10, 500, 1_000, 900, 800, 700], 4_000],
  ])('is sent once more beside the first %s', async (_, lastMs, afterMs) => {
    const hedge = await hedgeAfter(...lastMs);
    const { sent, read } = createReads();
    const result = hedge(NEVER, read);
    await vi.advanceTimersByTimeAsync(afterMs - 1);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(2);
    sent[1]?.answer('rows');
    expect(await result).toBe('rows');
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  it('waits for a minute while nobody knows how long it takes', async () => {
    const { sent, read } = createReads();
    const result = createHedge()(NEVER, read);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(2);
    sent[0]?.answer('rows');
    expect(await result).toBe('rows');
    expect(sent[1]?.signal.aborted).toBe(true);
  });

  it('is never sent more than twice at once, and the first one stays', async () => {
    const hedge = await hedgeAfter(10);
    const { sent, read, live } = createReads();
    const result = hedge(NEVER, read);
    for (let second = 0; second < 20; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      expect(live()).toBeLessThanOrEqual(2);
    }
    expect(sent).toHaveLength(14);
    expect(sent[0]?.signal.aborted).toBe(false);
    sent[0]?.answer('rows');
    expect(await result).toBe('rows');
    expect(live()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fails as the first of the two does', async () => {
    const hedge = await hedgeAfter(10);
    const { sent, read } = createReads();
    const failed = expect(hedge(NEVER, read)).rejects.toThrow('gone');
    await vi.advanceTimersByTimeAsync(2_000);
    sent[0]?.fail(new Error('gone'));
    await failed;
    expect(sent[1]?.signal.aborted).toBe(true);
  });

  it('goes on when the second fails, as behind a proxy that lets one through at a time', async () => {
    const hedge = await hedgeAfter(10);
    const { sent, read } = createReads();
    const result = hedge(NEVER, read);
    for (let at = 1; at < 5; at++) {
      await vi.advanceTimersByTimeAsync(1_500);
      sent[at]?.fail(new Error('one at a time'));
    }
    sent[0]?.answer('rows');
    expect(await result).toBe('rows');
    expect(sent).toHaveLength(5);
  });

  it('fails as the second does when the first has had a minute', async () => {
    const hedge = await hedgeAfter(10);
    const { sent, read, live } = createReads();
    const failed = expect(hedge(NEVER, read)).rejects.toThrow('gone');
    for (let at = 1; at <= 40; at++) {
      await vi.advanceTimersByTimeAsync(1_500);
      sent[at]?.fail(new Error('gone'));
    }
    await vi.advanceTimersByTimeAsync(1_500);
    sent[41]?.fail(new Error('gone'));
    await failed;
    expect(live()).toBe(0);
  });

  it('ends with its signal', async () => {
    const hedge = await hedgeAfter(10);
    const { sent, read, live } = createReads();
    const leaving = new AbortController();
    const result = hedge(leaving.signal, read);
    const failed = expect(result).rejects.toThrow('left');
    await vi.advanceTimersByTimeAsync(2_000);
    leaving.abort(new Error('left'));
    await failed;
    expect(sent).toHaveLength(2);
    expect(live()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
