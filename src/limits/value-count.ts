/** Whether there are more values in what JSON has told. Without recursion: it may be nested 100,000 times. */
export function hasMoreValues(given: unknown, most: number): boolean {
  const left = [given];
  for (let counted = 0; left.length > 0; counted++) {
    if (counted + left.length > most) return true;
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const item of Object.values(value) as unknown[]) left.push(item);
  }
  return false;
}
