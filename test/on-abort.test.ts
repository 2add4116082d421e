import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { onAbort } from '../src/on-abort.ts';

it('all that wait by a signal are told once, by one listener', () => {
  const controller = new AbortController();
  const told: number[] = [];
  for (let at = 0; at < 100; at++) onAbort(controller.signal, () => void told.push(at));
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  controller.abort();
  controller.abort();
  expect(told).toEqual(Array.from({ length: 100 }, (_, at) => at));
});

it('who has stopped is not told, and nothing is left on the signal', () => {
  const controller = new AbortController();
  const told: string[] = [];
  const stops = ['a', 'b'].map((name) => onAbort(controller.signal, () => void told.push(name)));
  stops[0]?.();
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  stops[1]?.();
  stops[1]?.();
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  onAbort(controller.signal, () => void told.push('c'));
  controller.abort();
  expect(told).toEqual(['c']);
});
