/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value that so many percent of the numbers do not exceed; NaN stands for what was not measured. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const at = Math.ceil((percent / 100) * sorted.length) - 1;
  return sorted[Math.max(0, at)] ?? Number.NaN;
}

/** Rounds are compared one by one, since what disturbs a round disturbs both of its measurements. */
export function medianRatio(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, round) => value / (under[round] ?? Number.NaN)));
}
