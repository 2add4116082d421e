import { expect, it } from 'vitest';
import { distinctPlatforms, toPlatform } from '../../src/engine/platform-mapping.ts';

const platform = (os: string) => toPlatform({ os, architecture: 'riscv64' }) as { os: string };

it('platforms are one object each, while they are few and short', () => {
  expect(platform('linux')).toBe(platform('linux'));
  const long = 'x'.repeat(1_000);
  expect(platform(long)).not.toBe(platform(long));
  for (let number = 0; number < 1_100; number++) platform(`os${number}`);
  expect(platform('late')).not.toBe(platform('late'));
});

it('platforms are told apart by what they say', () => {
  const [late, again, other] = ['late', 'late', 'other'].map((os) =>
    toPlatform({ os, architecture: 'riscv64' }),
  );
  const given = [late, other, again].filter((one) => one != null);
  expect(distinctPlatforms(given)).toEqual([late, other]);
  expect(distinctPlatforms(given)[0]).toBe(late);
});
