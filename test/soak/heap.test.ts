import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  growing,
  type Heap,
  snapshotArguments,
  type Snapshot,
  takeHeap,
  toHeap,
} from '../../bench/soak/heap.ts';

const heapOf = (classes: Readonly<Record<string, readonly [number, number]>>): Heap =>
  new Map(Object.entries(classes).map(([name, [count, bytes]]) => [name, { count, bytes }]));
const heaps = (name: string, sizes: readonly (readonly [number, number])[]): readonly Heap[] =>
  sizes.map((size) => heapOf({ Steady: [1_000, 64_000], [name]: size }));

describe('I5 what grows in a heap', () => {
  it('is a class of which there are more each time', () => {
    const leaking = heaps(
      'Leak',
      [0, 1, 2, 3, 4, 5].map((at) => [100 + 500 * at, 6_400]),
    );
    expect(growing(leaking).map(({ name }) => name)).toEqual(['Leak']);
  });

  it('is a class that takes more bytes each time', () => {
    const leaking = heaps(
      'Buffer',
      [0, 1, 2, 3, 4, 5].map((at) => [1, 10_000 + 100_000 * at]),
    );
    expect(growing(leaking).map(({ name }) => name)).toEqual(['Buffer']);
  });

  it('is a class that was not there at first', () => {
    const leaking = heaps(
      'New',
      [0, 1, 2, 3, 4, 5].map((at) => [200 * at, 0]),
    );
    expect(growing(leaking).map(({ name }) => name)).toEqual(['New']);
  });

  it.each<[string, readonly number[]]>([
    ['has shrunk once', [100, 200, 300, 250, 400, 500]],
    ['has stayed once, as a cache that is full', [100, 200, 300, 300, 300, 300]],
    ['grows by no more than noise', [1_000, 1_005, 1_010, 1_015, 1_020, 1_025]],
    [
      'grows by less than one in two hundred',
      [100_000, 100_100, 100_200, 100_300, 100_400, 100_500],
    ],
  ])('is no class that %s', (_, counts) => {
    expect(
      growing(
        heaps(
          'Breathing',
          counts.map((count) => [count, 0]),
        ),
      ),
    ).toEqual([]);
  });

  it('is read from what V8 writes, without what V8 makes for itself', () => {
    const snapshot: Snapshot = {
      snapshot: {
        meta: {
          node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
          node_types: [
            ['hidden', 'object', 'string', 'code'],
            'string',
            'number',
            'number',
            'number',
          ],
        },
      },
      nodes: [1, 0, 1, 16, 0, 1, 0, 3, 24, 0, 2, 1, 5, 8, 0, 0, 0, 7, 99, 0, 3, 0, 9, 99, 0],
      strings: ['Leak', 'some text'],
    };
    expect(toHeap(snapshot)).toEqual(heapOf({ Leak: [2, 40], '(string)': [1, 8] }));
  });

  it('is found in a process that leaks', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'imagegraph-heap-'));
    const code = `class Leaked {}; const kept = [];
      setInterval(() => kept.push(...Array.from({ length: 50 }, () => new Leaked())), 1);
      process.stdin.on('data', (asked) => process.stdout.write(asked));
      console.log('ready');`;
    const leak = spawn(process.execPath, [...snapshotArguments(folder), '-e', code]);
    onTestFinished(async () => {
      leak.kill();
      await rm(folder, { recursive: true });
    });
    const answer = () => once(leak.stdout, 'data');
    await answer();
    const found: Heap[] = [];
    for (let round = 0; round < 4; round++) {
      found.push(
        await takeHeap(leak.pid as number, folder, () => {
          leak.stdin.write('?');
          return answer();
        }),
      );
    }
    expect(growing(found).map(({ name }) => name)).toContain('Leaked');
  });
});
