import { isDeepStrictEqual } from 'node:util';
import type { ContainerRow, ImageRow } from '../engine/engine.ts';
import { canonicalName, parseEngineTag } from '../engine/reference.ts';

/** Whether two reads of an image, or of a container, say the same. */
export function isSameRow<Row extends ImageRow | ContainerRow>(a: Row, b: Row): boolean {
  return a === b || isDeepStrictEqual(a, b);
}

/** Newest first, then by ID: the order of Engine.listImages and of Engine.listContainers. */
export function compareAge(
  a: { readonly created: number | null; readonly id: string },
  b: { readonly created: number | null; readonly id: string },
): number {
  const [older, newer] = [a.created ?? -Infinity, b.created ?? -Infinity];
  if (older !== newer) return newer > older ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}

/**
 * One key for all spellings of a reference: its canonical form, with latest where neither tag nor digest
 * stands. A malformed name is its own key.
 */
export function referenceKey(text: string): string {
  const name = parseEngineTag(text);
  if (name === null) return text;
  const base = canonicalName(name.domain, name.path);
  return name.digest === null ? `${base}:${name.tag ?? 'latest'}` : `${base}@${name.digest}`;
}
