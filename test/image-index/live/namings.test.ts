import { describe, expect, it } from 'vitest';
import { createNamings } from '../../../src/image-index/live/namings.ts';
import { referenceKey } from '../../../src/image-index/row-identity.ts';

describe('names that events were about', () => {
  it('are unknown to reads that were sent before, in whatever spelling', () => {
    const namings = createNamings();
    namings.add(referenceKey('demo/x:1'), 5);
    expect(namings.isAnySince(['docker.io/demo/x:1'], 4)).toBe(true);
    expect(namings.isAnySince(['demo/y:1', 'demo/x:1'], 4)).toBe(true);
    expect(namings.isAnySince(['demo/y:1'], 4)).toBe(false);
    expect(namings.isAnySince(['demo/x:1'], 5)).toBe(false);
    expect(namings.isAnySince([], 4)).toBe(false);
  });

  it('count from when they were named last', () => {
    const namings = createNamings();
    for (const seq of [5, 9]) namings.add(referenceKey('demo/x:1'), seq);
    expect(namings.isAnySince(['demo/x:1'], 7)).toBe(true);
  });

  it('are a thousand: reads older than those that are forgotten are doubted for any name', () => {
    const namings = createNamings();
    for (let seq = 0; seq < 1_001; seq++) namings.add(referenceKey(`demo/n${seq}:1`), seq + 10);
    expect(namings.isAnySince(['demo/other:1'], 9)).toBe(true);
    expect(namings.isAnySince(['demo/other:1'], 10)).toBe(false);
  });
});
