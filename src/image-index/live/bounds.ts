import type { ImageRow } from '../../engine/image-row.ts';

const MAX_IMAGES = 50_000;
const MAX_BYTES = 128 * 1024 * 1024;
/** Rows that are weighed; engines' rows differ little. */
const SAMPLES = 100;

/** Whether a list of images is more than an index may hold in memory. */
export function isTooBig(rows: readonly ImageRow[]): boolean {
  if (rows.length > MAX_IMAGES) return true;
  const step = Math.max(1, Math.floor(rows.length / SAMPLES));
  const samples = rows.filter((_, at) => at % step === 0);
  const bytes = samples.reduce((sum, row) => sum + JSON.stringify(row).length, 0);
  return samples.length > 0 && (bytes / samples.length) * rows.length > MAX_BYTES;
}
