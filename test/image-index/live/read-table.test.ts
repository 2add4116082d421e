import { describe, expect, it } from 'vitest';
import { createReadTable } from '../../../src/image-index/live/read-table.ts';

const table = () => createReadTable<{ readonly text: string }>((a, b) => a.text === b.text);
const row = (text: string) => ({ text });
const rows = (...texts: string[]) => new Map(texts.map((text) => [text, row(text)]));

describe('a row', () => {
  it('gives way only to a read that was sent as late, or later', () => {
    const reads = table();
    expect(reads.put('x', row('new'), 5)).toBe(true);
    expect(reads.put('x', row('old'), 4)).toBe(false);
    expect(reads.get('x')).toEqual(row('new'));
    expect(reads.put('x', row('as late'), 5)).toBe(true);
    expect(reads.get('x')).toEqual(row('as late'));
  });

  it('is not removed by a read that was sent before its own', () => {
    const reads = table();
    reads.put('x', row('new'), 5);
    expect(reads.remove('x', 4)).toBe(false);
    expect(reads.get('x')).toEqual(row('new'));
  });

  it('that was found gone does not come back by an earlier read', () => {
    const reads = table();
    reads.put('x', row('x'), 1);
    expect(reads.remove('x', 5)).toBe(true);
    expect(reads.put('x', row('x'), 4)).toBe(false);
    expect(reads.get('x')).toBeNull();
    expect(reads.put('x', row('again'), 6)).toBe(true);
  });

  it('that never was here may be found gone as well', () => {
    const reads = table();
    expect(reads.remove('x', 5)).toBe(false);
    expect(reads.put('x', row('x'), 4)).toBe(false);
  });

  it('stays the same object while reads say the same', () => {
    const reads = table();
    const first = row('x');
    reads.put('x', first, 1);
    reads.takeChanged();
    reads.put('x', row('x'), 2);
    expect(reads.get('x')).toBe(first);
    expect(reads.readAt('x')).toBe(2);
    expect(reads.takeChanged()).toEqual(new Set());
  });
});

describe('a list', () => {
  it('replaces and removes only what was not read later', () => {
    const reads = table();
    reads.replaceAll(rows('stays', 'goes', 'later'), 1);
    reads.put('later', row('read later'), 7);
    reads.put('came later', row('came later'), 7);
    reads.remove('gone later', 7);
    const changed = reads.replaceAll(rows('stays', 'later', 'gone later', 'new'), 5);
    expect([...reads.values()].map(({ text }) => text).sort()).toEqual([
      'came later',
      'new',
      'read later',
      'stays',
    ]);
    expect([...changed].sort()).toEqual(['goes', 'new']);
  });

  it('that was sent later ends what was known of things that went', () => {
    const reads = table();
    reads.remove('x', 5);
    reads.replaceAll(rows(), 6);
    expect(reads.put('x', row('x'), 4)).toBe(true);
  });
});

it('what has changed is told once', () => {
  const reads = table();
  reads.put('x', row('1'), 1);
  reads.put('y', row('1'), 1);
  reads.remove('y', 2);
  expect(reads.takeChanged()).toEqual(new Set(['x', 'y']));
  expect(reads.takeChanged()).toEqual(new Set());
  reads.clear();
  expect(reads.takeChanged()).toEqual(new Set(['x']));
  expect(reads.size).toBe(0);
});
