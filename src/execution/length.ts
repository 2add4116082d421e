/** How much of JSON a value of a leaf type is at least: what is escaped in it is longer. */
export function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length + '""'.length : 1;
}

/** How much the name of a field is, with what stands around it. */
export function keyLength(key: string): number {
  return key.length + '"":,'.length;
}
