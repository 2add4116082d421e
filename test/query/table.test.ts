import { describe, expect, it } from 'vitest';
import { toTable } from '../../src/query/table.ts';

describe('a table', () => {
  it.each([
    [
      'of edges',
      { a: { edges: [{ cursor: 'c', node: { name: 'x' } }] } },
      'CURSOR   NAME\nc        x\n',
    ],
    ['of an alias node', { a: [{ node: 'n', name: 'x' }] }, 'NODE   NAME\nn      x\n'],
    ['of things below things', { a: [{ b: { c: { d: 1 } } }, { b: null }] }, 'B.C.D\n1\n\n'],
    ['of lists in rows', { a: [{ b: [{ c: 1 }, { c: 2 }] }] }, 'B\n1, 2\n'],
    ['of nothing', null, ''],
    ['of an empty list', { images: { nodes: [] } }, 'IMAGES.NODES\n\n'],
    ['of what a terminal would obey', { a: [{ b: 'x\u001b[31m\u202ey' }] }, 'B\nx [31m y\n'],
  ])('%s', (_what, data, expected) => {
    expect(toTable(data)).toBe(expected);
  });
});
