import type { ImageRow } from '../engine/image-row.ts';
import type { Image, ImageView } from './image-view.ts';

/** Made when an image is first searched; a text without capitals is the row's own and takes no memory. */
const searchTexts = new WeakMap<ImageRow, readonly string[]>();

/** Whether a text is in the ID, a tag, a digest or a label of an image. @param text in lower case */
export function isFoundIn({ row }: Image, text: string): boolean {
  let texts = searchTexts.get(row);
  if (texts === undefined) {
    texts = textsOf(row).map((own) => own.toLowerCase());
    searchTexts.set(row, texts);
  }
  return texts.some((own) => own.includes(text));
}

function textsOf({ id, tags, digests, labels }: ImageRow): readonly string[] {
  const ofLabels = labels.flatMap(({ key, value }) => (value === null ? [key] : [key, value]));
  return [id, ...tags, ...digests, ...ofLabels];
}

/** Characters that are looked at in about the time that any condition takes. */
const UNIT = 1_024;

const weights = new WeakMap<ImageView, number>();

/** What it costs to hold all images of a view against one condition: one for each, and for each KiB of long texts. */
export function weightOf(view: ImageView): number {
  const known = weights.get(view) ?? view.rows.reduce((sum, row) => sum + weightOfRow(row), 0);
  weights.set(view, known);
  return known;
}

function weightOfRow({ tags, digests, labels }: ImageRow): number {
  let length = 0;
  for (const text of tags) length += text.length;
  for (const text of digests) length += text.length;
  for (const { key, value } of labels) length += key.length + (value?.length ?? 0);
  return Math.max(1, Math.ceil(length / UNIT));
}
