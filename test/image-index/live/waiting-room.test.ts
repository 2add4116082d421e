import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createWaitingRoom } from '../../../src/image-index/live/waiting-room.ts';

const NEVER = new AbortController().signal;

it('lets go one operation each turn of the event loop', async () => {
  const room = createWaitingRoom();
  let isShown = false;
  const gone: number[] = [];
  for (const number of [1, 2, 3]) {
    void room.wait(() => isShown, Infinity, NEVER).then(() => gone.push(number));
  }
  room.look();
  await nextTurn();
  expect(gone).toEqual([]);
  isShown = true;
  room.look();
  room.look();
  for (const expected of [[1], [1, 2], [1, 2, 3], [1, 2, 3]]) {
    await nextTurn();
    expect(gone).toEqual(expected);
  }
});

it('fails who is about to leave but is no longer wanted', async () => {
  const room = createWaitingRoom();
  const leaving = new AbortController();
  let isShown = false;
  const waiting = room.wait(() => isShown, Infinity, leaving.signal);
  isShown = true;
  room.look();
  leaving.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
});
