import { describe, expect, it, vi } from 'vitest';
import type { ImageRow, KeyValue } from '../../src/engine/image-row.ts';
import { REDACTION } from '../../src/engine/redaction.ts';
import * as forms from '../../src/engine/secret-forms.ts';
import { idOf } from '../support/stand-in-engine.ts';

vi.mock('../../src/engine/secret-forms.ts', { spy: true });

const annotated = (annotations: readonly KeyValue[]) => ({
  mediaType: 'x',
  digest: idOf(1),
  size: 1,
  platform: null,
  artifactType: null,
  annotations,
});

function rowOf(labels: readonly KeyValue[], annotations: readonly KeyValue[] = []): ImageRow {
  return {
    id: idOf(1),
    parentId: null,
    tags: [],
    digests: [],
    created: 1,
    size: 1,
    labels,
    manifests: null,
    descriptor: annotated(annotations),
  };
}

/** Characters that were searched for secrets since the last time. */
function searched(): number {
  const { calls } = vi.mocked(forms.isSecretValue).mock;
  const all = calls.splice(0).reduce((sum, [value]) => sum + value.length, 0);
  return all;
}

describe('the entries of one image', () => {
  const long = (count: number, length: number) =>
    Array.from({ length: count }, (_, at) => ({ key: `l${at}`, value: '_'.repeat(length) }));
  const shown = (entries: readonly KeyValue[] = []) =>
    entries.filter(({ value }) => value !== null).map(({ key }) => key);

  it('are searched up to 128 KiB together, and what is beyond is withheld', () => {
    searched();
    const row = REDACTION.row(rowOf(long(30, 50_000), [{ key: 'a', value: 'short' }]));
    expect(shown(row.labels)).toEqual(['l0', 'l1']);
    expect(row.labels).toHaveLength(30);
    expect(shown(row.descriptor?.annotations)).toEqual([]);
    expect(searched()).toBe(100_000);
  });

  it('are all searched where they are as long as those of real images, each once', () => {
    searched();
    const labels = [...long(100, 1_000), { key: 'url', value: 'https://a:hunter2@c/' }];
    const row = REDACTION.row(rowOf(labels, [{ key: 'a', value: 'short' }]));
    expect(shown(row.labels)).toHaveLength(100);
    expect(shown(row.descriptor?.annotations)).toEqual(['a']);
    expect(searched()).toBe(100_000 + 'https://a:hunter2@c/short'.length);
  });

  it('have nothing to do with those of the next', () => {
    REDACTION.row(rowOf(long(30, 50_000)));
    expect(shown(REDACTION.row(rowOf(long(1, 50_000))).labels)).toEqual(['l0']);
  });
});
