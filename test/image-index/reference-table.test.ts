import { expect, it } from 'vitest';
import type { ImageRow } from '../../src/engine/image-row.ts';
import { type ParsedReference, parseReference } from '../../src/engine/reference.ts';
import { compileFilter } from '../../src/image-index/compile-filter.ts';
import { createImageView, type ImageView } from '../../src/image-index/image-view.ts';

const parsed = (text: string) => parseReference(text) as ParsedReference;
const idOf = (number: number) => `sha256:${number.toString(16).padStart(5, '0').padEnd(64, '0')}`;

/** A view of many images that counts how often an ID is looked at. */
function viewOf(count: number): { view: ImageView; reads: () => number } {
  let reads = 0;
  const rows = Array.from({ length: count }, (_, at) => ({
    get id() {
      reads++;
      return idOf(at);
    },
    parentId: null,
    tags: [],
    digests: [],
    created: at,
    size: 1,
    labels: [],
    manifests: null,
    descriptor: null,
  }));
  return { view: createImageView('e', rows satisfies ImageRow[]), reads: () => reads };
}

it('finds the only image of an ID prefix, and tells none from several', () => {
  const { view } = viewOf(300);
  const resolve = (text: string) => view.references().resolve(parsed(text));
  expect(resolve('sha256:00000').found?.row.created).toBe(0);
  expect(resolve('sha256:0012b').found?.row.created).toBe(299);
  expect(resolve('sha256:0012').found).toBeNull();
  expect(resolve('sha256:0012')).toEqual({ found: null, ambiguous: true });
  expect(resolve('sha256:0012c')).toEqual({ found: null, ambiguous: false });
  expect(resolve('sha256:ffff')).toEqual({ found: null, ambiguous: false });
  expect(resolve(idOf(7)).found?.row.created).toBe(7);
});

const NONE = { containers: null, layers: null };

it('compares a view to the image of an ID prefix without a search for each of its images', () => {
  const { view, reads } = viewOf(2_000);
  const images = view.rows.map((row) => view.image(row.id)).filter((image) => image !== null);
  const isLater = compileFilter({ createdAfterImage: parsed('sha256:003e8') }, NONE);
  const isEarlier = compileFilter({ createdBeforeImage: parsed('sha256:003e8') }, NONE);
  expect(images.filter((image) => isLater(image) === true)).toHaveLength(999);
  expect(images.filter((image) => isEarlier(image) === true)).toHaveLength(1_000);
  expect(reads()).toBeLessThan(20 * images.length);
});
