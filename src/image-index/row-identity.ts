import { isDeepStrictEqual } from 'node:util';
import type { ContainerRow } from '../engine/container-row.ts';
import type { ImageRow } from '../engine/image-row.ts';
import { canonicalName, parseEngineTag } from '../engine/reference.ts';

/** Whether two reads of an image, or of a container, say the same. */
export function isSameRow<Row extends ImageRow | ContainerRow>(a: Row, b: Row): boolean {
  return a === b || isDeepStrictEqual(a, b);
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
