import { describe, expect, it } from 'vitest';
import type { HistoryStep } from '../../src/engine/image-detail.ts';
import { joinHistory } from '../../src/image-index/details/layer-history.ts';

const COPY = 'COPY file /file # buildkit';
const RUN = 'RUN /bin/sh -c true # buildkit';
const ENV = '/bin/sh -c #(nop)  ENV A=1';
const CMD = 'CMD ["/app"]';

/** Newest first, as engines give them. */
function stepsOf(...steps: readonly (readonly [string | null, number])[]): readonly HistoryStep[] {
  const rest = { imageId: null, created: null, isRedacted: false, comment: null };
  return steps.map(([createdBy, size]) => ({ ...rest, createdBy, size }));
}

function join(steps: readonly HistoryStep[], layers: number, isUnpacked = true) {
  return joinHistory(steps, layers, isUnpacked).map(({ isEmpty, layer, size }) => [
    isEmpty,
    layer,
    size,
  ]);
}

describe('history and layers', () => {
  it('are joined where sizes tell layers', () => {
    expect(join(stepsOf([CMD, 0], [COPY, 20], [ENV, 0], [COPY, 10]), 2)).toEqual([
      [true, null, 0],
      [false, 1, 20],
      [true, null, 0],
      [false, 0, 10],
    ]);
  });

  it('are joined where the number of layers decides on steps of no size', () => {
    const steps = stepsOf([CMD, 0], [RUN, 0], [COPY, 10]);
    expect(join(steps, 2)).toEqual([
      [true, null, 0],
      [false, 1, 0],
      [false, 0, 10],
    ]);
    expect(join(steps, 1)).toEqual([
      [true, null, 0],
      [true, null, 0],
      [false, 0, 10],
    ]);
  });

  it('are joined where every step has a layer, whatever it says', () => {
    expect(join(stepsOf([CMD, 0], [null, 0]), 2)).toEqual([
      [false, 1, 0],
      [false, 0, 0],
    ]);
  });

  it('leave sizes open that are not unpacked', () => {
    expect(join(stepsOf([CMD, 0], [COPY, 0], [COPY, 0]), 2, false)).toEqual([
      [true, null, 0],
      [false, 1, null],
      [false, 0, null],
    ]);
  });

  it('leave open what nothing decides, and know what stands before and after it', () => {
    const steps = stepsOf([COPY, 40], [CMD, 0], [RUN, 0], [RUN, 0], [ENV, 0], [COPY, 10]);
    expect(join(steps, 3)).toEqual([
      [false, 2, 40],
      [true, null, 0],
      [null, null, null],
      [null, null, null],
      [true, null, 0],
      [false, 0, 10],
    ]);
  });

  it('leave everything open where there are fewer layers than sizes, as after a squash', () => {
    expect(join(stepsOf([COPY, 20], [COPY, 10]), 1)).toEqual([
      [null, null, 20],
      [null, null, 10],
    ]);
  });

  it('are nothing without history', () => {
    expect(join([], 3)).toEqual([]);
  });
});
