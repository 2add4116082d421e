import { expect, it } from 'vitest';
import { createBudget } from '../../src/limits/budget.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';

const open = () => createBudget({ ...DEFAULT_LIMITS, rows: 10, examined: 10 });
const REFUSED = expect.objectContaining({ extensions: { code: 'QUERY_TOO_COMPLEX' } });

it('what was too much once is refused to everything that comes after, by the same error', () => {
  const budget = open();
  budget.spend(10);
  expect(budget.excess.aborted).toBe(false);
  expect(() => budget.spend(1)).toThrow(REFUSED);
  expect(budget.excess.reason).toEqual(REFUSED);
  expect(() => budget.examine(1)).toThrow(budget.excess.reason as Error);
});

it('a list that is kept counts once, and as much as it took to find', () => {
  const budget = open();
  const list = [1, 2, 3];
  budget.examineList(list, 3);
  budget.examineList(list, 3);
  expect(() => budget.examineList([4, 5])).toThrow(REFUSED);
});

it('ten thousand fields may fail', () => {
  const budget = open();
  budget.failed(10_000);
  expect(budget.tooComplex()).toBeNull();
  expect(() => budget.failed(1)).toThrow('More than 10000 fields would fail');
  expect(budget.excess.reason).toEqual(REFUSED);
  expect(budget.tooComplex()).toBe(budget.excess.reason);
});

it('starts over from nothing', () => {
  const budget = open();
  budget.failed(10_000);
  budget.examine(10);
  budget.spend(10);
  budget.startOver();
  budget.failed(10_000);
  budget.examine(10);
  budget.spend(10);
  expect(budget.excess.aborted).toBe(false);
});
