import { describe, expect, it } from 'vitest';
import { inTurn, isTurnOver, turn } from '../src/turns.ts';
import { useUpTurn } from './support/used-up-turn.ts';

describe('who waits for a turn', () => {
  it('has one with time left', async () => {
    useUpTurn();
    await turn();
    expect(isTurnOver()).toBe(false);
    useUpTurn();
    expect(await inTurn(isTurnOver)).toBe(false);
  });

  it('leaves when its work is not wanted any more, and others stay', async () => {
    const client = new AbortController();
    let worked = 0;
    useUpTurn();
    const leaving = [turn(client.signal), inTurn(() => void worked++, client.signal)];
    const staying = inTurn(() => void worked++);
    client.abort(new Error('left'));
    await Promise.all(leaving.map((one) => expect(one).rejects.toThrow('left')));
    await staying;
    expect(worked).toBe(1);
  });

  it('does nothing for one that has left before', async () => {
    await expect(inTurn(() => expect.fail(), AbortSignal.abort(new Error('left')))).rejects.toThrow(
      'left',
    );
  });
});
