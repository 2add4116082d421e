import { isWithin, LIMIT_NAMES, rangeOf } from '../limits/given-limits.ts';
import { defaultLimits, type Limit, type Limits, limitsTable } from '../limits/limits.ts';
import type { GivenOptions } from './given-options.ts';
import { quote } from './quote.ts';

/** All limits, those that are given in place of the defaults. */
export function readLimits(given: GivenOptions, isExposed: boolean, problems: string[]): Limits {
  const { values = [], source = '' } = given.get('limit') ?? {};
  const read = new Map<string, number>();
  for (const value of values) {
    const [, name = '', number = ''] = /^([^=]*)(?:=(.*))?$/.exec(value) ?? [];
    const limit = limitsTable.find((one) => one.name === name);
    const problem = problemOf(value, limit, number, read.has(name));
    if (problem === null) read.set(name, Number(number));
    else problems.push(`${source} ${problem}`);
  }
  return { ...defaultLimits(isExposed), ...Object.fromEntries(read) };
}

function problemOf(
  value: string,
  limit: Limit | undefined,
  number: string,
  again: boolean,
): string | null {
  if (limit === undefined) {
    return `is ${quote(value)}. Give NAME=NUMBER, where NAME is one of: ${LIMIT_NAMES}.`;
  }
  if (again) return `has ${limit.name} more than once. Leave one.`;
  if (/^[0-9]{1,9}$/.test(number) && isWithin(limit, Number(number))) return null;
  return `is ${quote(value)}. ${rangeOf(limit)}`;
}
