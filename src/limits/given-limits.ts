import { DEFAULT_LIMITS, type Limit, type Limits, limitsTable } from './limits.ts';

/** Names of all limits, as messages list them. */
export const LIMIT_NAMES = limitsTable.map(({ name }) => name).join(', ');

/** Whether a limit may have this number. */
export function isWithin({ lowest, highest }: Limit, number: unknown): boolean {
  return Number.isInteger(number) && Number(number) >= lowest && Number(number) <= highest;
}

/** What a limit may be, for whoever gave something else. */
export function rangeOf({ name, lowest, highest }: Limit): string {
  return `Give ${name} a whole number from ${lowest} to ${highest}.`;
}

/**
 * The defaults, and what a program gives in their place; undefined gives nothing.
 * @throws TypeError that says of each mistake what to give, because a limit of NaN is none
 */
export function withDefaults(given: Partial<Limits> = {}): Limits {
  const entries = Object.entries(given).filter(([, number]) => number !== undefined);
  const problems = entries.flatMap(([name, number]) => {
    const limit: Limit | undefined = limitsTable.find((one) => one.name === name);
    if (limit === undefined) return `There is no limit ${name}. Give one of: ${LIMIT_NAMES}.`;
    return isWithin(limit, number) ? [] : `limits.${name} is ${String(number)}. ${rangeOf(limit)}`;
  });
  if (problems.length > 0) throw new TypeError(problems.join('\n'));
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(entries) };
}
