/** Newest first, then by ID; engines leave the order of equal dates to chance. */
export function compareAge(
  a: { readonly created: number | null; readonly id: string },
  b: { readonly created: number | null; readonly id: string },
): number {
  const [older, newer] = [a.created ?? -Infinity, b.created ?? -Infinity];
  if (older !== newer) return newer > older ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
