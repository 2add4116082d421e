import { describe, expect, it, vi } from 'vitest';
import type { HistoryStep, ImageDetail } from '../../src/engine/image-detail.ts';
import type { ImageRow, KeyValue } from '../../src/engine/image-row.ts';
import { REDACTION } from '../../src/engine/redaction.ts';
import * as forms from '../../src/engine/secret-forms.ts';
import { idOf } from '../support/stand-in-engine.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';

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

function stepOf(createdBy: string, comment: string | null = null): HistoryStep {
  return { imageId: null, created: 1, createdBy, isRedacted: false, comment, size: 1 };
}

describe('the steps of one history', () => {
  it('are searched up to 128 KiB together, and what is beyond is withheld', () => {
    const long = 'a '.repeat(30_000);
    const steps = [stepOf(long, 'one'), stepOf(long), stepOf(long, ''), stepOf('short', 'four')];
    expect(REDACTION.history(steps)).toEqual([
      steps[0],
      steps[1],
      { ...steps[2], createdBy: '[redacted]', isRedacted: true },
      { ...steps[3], createdBy: '[redacted]', comment: '[redacted]', isRedacted: true },
    ]);
  });

  it('have nothing to do with those of the next', () => {
    REDACTION.history([stepOf('a '.repeat(60_000)), stepOf('a '.repeat(60_000))]);
    const steps = [stepOf('a '.repeat(60_000))];
    expect(REDACTION.history(steps)).toEqual(steps);
  });

  // Each by itself, these took 7 seconds, in which nobody else was answered.
  it.each([
    ['login', 'login ', ':a'],
    ['chpasswd', 'chpasswd x:', 'a:'],
  ])('take no half second, however they are made: %s', (_, begin, part) => {
    const steps = Array.from({ length: 120 }, () => stepOf(begin + part.repeat(65_000)));
    expect(cpuTimeOf(() => REDACTION.history(steps))).toBeLessThan(500);
  });
});

describe('the texts of one inspect', () => {
  const long = 'a '.repeat(20_000);
  const detailOf = (texts: Partial<ImageDetail>, config: Partial<ImageDetail['config']> = {}) =>
    ({
      author: null,
      comment: null,
      manifests: null,
      descriptor: null,
      ...texts,
      config: {
        environment: [],
        labels: [],
        entrypoint: null,
        command: null,
        shell: null,
        onBuild: [],
        ...config,
      },
    }) as unknown as ImageDetail;

  it('are searched up to 128 KiB together, and what is beyond is withheld', () => {
    const texts = { author: long, comment: long };
    const config = { entrypoint: [long, long, ''], command: ['x'], shell: ['x'], onBuild: ['x'] };
    expect(REDACTION.detail(detailOf(texts, config))).toMatchObject({
      ...texts,
      config: {
        entrypoint: [long, '[redacted]', ''],
        command: ['[redacted]'],
        shell: ['[redacted]'],
        onBuild: ['[redacted]'],
      },
    });
  });

  it('take nothing from labels and variables', () => {
    const labels = [{ key: 'a', value: 'b' }];
    const environment = [{ name: 'a', value: 'b' }];
    const config = { command: [long, long, long, long], labels, environment };
    expect(REDACTION.detail(detailOf({}, config))).toMatchObject({
      config: { labels, environment },
    });
  });
});
