import { describe, expect, it } from 'vitest';
import type { ImageRow } from '../../../src/engine/image-row.ts';
import { createImageTable, type ImageTable } from '../../../src/image-index/live/image-table.ts';
import { imageRow, manifestRow } from '../../support/scripted-rows.ts';
import { idOf } from '../../support/stand-in-engine.ts';

const [A, B, C] = [idOf(1), idOf(2), idOf(3)];
const KEY = 'docker.io/demo/x:1';

function tableOf(...rows: readonly ImageRow[]): ImageTable {
  const table = createImageTable();
  table.replaceAll(rows, 1);
  return table;
}
const tagsIn = (table: ImageTable) =>
  Object.fromEntries([...table.values()].map(({ id, tags }) => [id, tags]));
const doubtful = (found: { readonly images: ReadonlySet<string> } | null) =>
  found === null ? null : [...found.images];

describe('a name that has moved', () => {
  it('is shown with one image at any time, and the one that had it is doubtful', () => {
    const table = tableOf(imageRow(1, ['demo/x:1', 'demo/y:1']), imageRow(2));
    const consequences = table.put(imageRow(2, ['demo/x:1']), 5);
    expect(tagsIn(table)).toEqual({ [A]: ['demo/y:1'], [B]: ['demo/x:1'] });
    expect(doubtful(consequences)).toEqual([A]);
    expect(consequences?.renamed).toEqual(new Set([A, B]));
    expect(table.ownerOf(KEY)).toBe(B);
  });

  it('is not given back by an earlier read of the image that had it, which is doubtful then', () => {
    const table = tableOf(imageRow(1), imageRow(2));
    table.put(imageRow(2, ['demo/x:1']), 5);
    const consequences = table.put(imageRow(1, ['demo/x:1']), 4);
    expect(tagsIn(table)).toEqual({ [A]: [], [B]: ['demo/x:1'] });
    expect(table.ownerOf(KEY)).toBe(B);
    expect(doubtful(consequences)).toEqual([A]);
  });

  it.each(['docker.io/demo/x:1', 'index.docker.io/demo/x:1'])(
    'is the same name in every spelling: %s',
    (spelling) => {
      const table = tableOf(imageRow(1, ['demo/x:1']));
      table.put(imageRow(2, [spelling]), 5);
      expect(tagsIn(table)).toEqual({ [A]: [], [B]: [spelling] });
    },
  );

  it('that an engine gives to two images at once has one owner, and nobody is asked for ever', () => {
    const table = tableOf(imageRow(1, ['demo/x:1']), imageRow(2, ['demo/x:1']));
    expect(Object.values(tagsIn(table)).flat()).toEqual(['demo/x:1']);
    const again = table.replaceAll([imageRow(1, ['demo/x:1']), imageRow(2, ['demo/x:1'])], 2);
    expect(doubtful(again)).toEqual([]);
  });

  it('is one of thousands that two images claim, and the loop is not held up by them', () => {
    const tags = Array.from({ length: 3_000 }, (_, at) => `demo/x:${at}`);
    const startedAt = performance.now();
    const table = tableOf(imageRow(1, [...tags, 'demo/own:1']), imageRow(2, tags));
    expect(tagsIn(table)).toEqual({ [A]: ['demo/own:1'], [B]: tags });
    table.put(imageRow(1, tags), 5);
    expect(tagsIn(table)).toEqual({ [A]: tags, [B]: [] });
    // Seconds, where each name costs a look at all of them.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('stays with an image that was read after a list was sent', () => {
    const table = tableOf(imageRow(1, ['demo/x:1']), imageRow(2));
    table.put(imageRow(2, ['demo/x:1']), 7);
    const consequences = table.replaceAll([imageRow(1, ['demo/x:1']), imageRow(2)], 6);
    expect(tagsIn(table)).toEqual({ [A]: [], [B]: ['demo/x:1'] });
    expect(doubtful(consequences)).toEqual([A]);
  });

  it('has no owner once its image has lost it or is gone', () => {
    const table = tableOf(imageRow(1, ['demo/x:1']), imageRow(2, ['demo/y:1']));
    table.put(imageRow(1), 2);
    expect(table.remove(B, 2)?.renamed).toEqual(new Set([B]));
    expect(table.ownerOf(KEY)).toBeNull();
    expect(table.ownerOf('docker.io/demo/y:1')).toBeNull();
  });
});

describe('a read that was sent before another', () => {
  it('changes nothing and has no consequences', () => {
    const table = tableOf(imageRow(1));
    table.put(imageRow(1, ['demo/x:1']), 5);
    expect(table.put(imageRow(1, ['demo/z:1'], { parentId: C }), 4)).toBeNull();
    expect(table.remove(A, 4)).toBeNull();
    expect(tagsIn(table)).toEqual({ [A]: ['demo/x:1'] });
  });
});

describe('a parent', () => {
  it('that is not known is doubtful', () => {
    const table = tableOf(imageRow(1));
    expect(doubtful(table.put(imageRow(2, [], { parentId: A }), 2))).toEqual([]);
    expect(doubtful(table.put(imageRow(2, [], { parentId: C }), 3))).toEqual([C]);
  });

  it('that a list does not tell is kept until the image itself is asked (28.5)', () => {
    const table = tableOf(imageRow(1), imageRow(2));
    table.put(imageRow(2, [], { parentId: A }), 2);
    expect(doubtful(table.replaceAll([imageRow(1), imageRow(2)], 3))).toEqual([B]);
    expect(table.get(B)?.parentId).toBe(A);
    table.put(imageRow(2), 4);
    expect(table.get(B)?.parentId).toBeNull();
  });

  it('is none where a list of another store does not tell it', () => {
    const plain = { descriptor: null, manifests: null };
    const table = tableOf(imageRow(1), imageRow(2, [], { ...plain, parentId: A }));
    expect(doubtful(table.replaceAll([imageRow(1), imageRow(2, [], plain)], 3))).toEqual([]);
    expect(table.get(B)?.parentId).toBeNull();
  });
});

describe('a manifest that several images hold', () => {
  const holding = (number: number, changes = {}) =>
    imageRow(number, [], { manifests: [manifestRow(9, changes)] });

  it('makes all of them doubtful when one tells that it has come or grown', () => {
    const table = tableOf(holding(1), holding(2), imageRow(3));
    expect(doubtful(table.put(holding(1, { totalSize: 99 }), 2))).toEqual([B]);
    expect(doubtful(table.put(holding(2, { totalSize: 99 }), 3))).toEqual([]);
    expect(doubtful(table.put(holding(1, { totalSize: 99 }), 4))).toEqual([]);
    expect(doubtful(table.put(holding(1, { totalSize: 99, available: false }), 5))).toEqual([B]);
  });

  it('makes those doubtful that know less of it than a new image', () => {
    const table = tableOf(holding(1, { available: false }), imageRow(3));
    expect(doubtful(table.put(holding(2), 2))).toEqual([A]);
  });

  it('makes the others doubtful when one of them goes', () => {
    const table = tableOf(holding(1), holding(2), holding(3), imageRow(4));
    expect(doubtful(table.remove(A, 2))).toEqual([B, C]);
  });

  it('makes the one doubtful that tells of it by a read sent before that of another', () => {
    const table = tableOf(holding(1), holding(2));
    table.put(holding(1, { totalSize: 99 }), 5);
    expect(doubtful(table.put(holding(2), 4))).toEqual([B]);
  });

  it('makes those of a list doubtful that do not agree with an image that was read later', () => {
    const table = tableOf(holding(1), holding(2));
    table.put(holding(2), 5);
    expect(doubtful(table.replaceAll([holding(1, { totalSize: 99 }), holding(2)], 4))).toEqual([A]);
  });
});

it('an engine that gives a name to both of two images is asked a few times, until something is heard', () => {
  let heard = 0;
  const table = createImageTable(() => heard);
  table.replaceAll([imageRow(1), imageRow(2)], 1);
  const ask = () => {
    for (let sentAt = 2; ; sentAt++) {
      const consequences = table.put(imageRow(1 + (sentAt % 2), ['demo/x:1']), sentAt);
      if (sentAt > 2 && consequences?.images.size === 0) return sentAt;
    }
  };
  const first = ask();
  expect(first).toBeLessThan(20);
  heard++;
  expect(table.put(imageRow(1 + (first % 2), ['demo/x:1']), first + 1)?.images.size).toBe(0);
  expect(table.put(imageRow(2 - (first % 2), ['demo/x:1']), first + 2)?.images.size).toBe(1);
});
