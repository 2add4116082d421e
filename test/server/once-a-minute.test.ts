import { expect, it } from 'vitest';
import { onceAMinute } from '../../src/server/once-a-minute.ts';

it('what happens all the time is told once a minute', () => {
  const told: number[] = [];
  let time = 0;
  const tell = onceAMinute(
    (at: number) => void told.push(at),
    () => time,
  );
  for (time of [0, 1, 59_999, 60_000, 119_999]) tell(time);
  expect(told).toEqual([0, 60_000]);
});
