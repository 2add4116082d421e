import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarks } from '../../../src/image-index/live/marks.ts';

/** Hears of so many things, each of which makes the image doubtful. */
function heard(count: number, key = 'x') {
  const marks = createMarks();
  for (let at = 0; at < count; at++) {
    marks.advance();
    marks.images.add(key);
  }
  return marks;
}

describe('a mark', () => {
  it('is not cleared by a read that was sent before it', () => {
    const marks = heard(5);
    marks.images.clear('x', 4);
    expect(marks.images.has('x')).toBe(true);
    marks.images.clear('x', 5);
    expect(marks.images.has('x')).toBe(false);
  });

  it('is of the first event after a read that cleared a part of it', () => {
    const marks = heard(7);
    marks.images.clear('x', 5);
    expect(marks.images.since('x')).toBe(6);
    expect(marks.asOf()).toBe(5);
  });

  it('stays as it is when a read was sent before all of it', () => {
    const marks = createMarks();
    marks.advance();
    marks.advance();
    marks.images.add('x');
    marks.images.clear('x', 1);
    expect(marks.images.since('x')).toBe(2);
  });

  it('of what was found out later is doubtful since the event that made it so', () => {
    const marks = createMarks();
    for (let at = 0; at < 9; at++) marks.advance();
    marks.images.add('x', 5);
    expect(marks.images.since('x')).toBe(5);
    expect(marks.asOf()).toBe(4);
    marks.images.clear('x', 8);
    expect(marks.images.has('x')).toBe(true);
  });

  it('may be of something that does not exist', () => {
    const marks = createMarks();
    marks.images.clear('nothing', 3);
    expect(marks.images.since('nothing')).toBe(0);
  });

  it('falls with all others by a list that was sent after it', () => {
    const marks = heard(3);
    marks.images.add('y', 2);
    marks.advance();
    marks.images.add('z');
    marks.images.clearAll(3);
    expect([...marks.images.keys()]).toEqual(['z']);
  });
});

describe('asOf', () => {
  it('is the last event while nothing is marked', () => {
    const marks = createMarks();
    expect(marks.asOf()).toBe(0);
    marks.advance();
    expect(marks.asOf()).toBe(1);
  });

  it('is the event before the oldest mark of any kind', () => {
    const marks = createMarks();
    for (let at = 0; at < 9; at++) marks.advance();
    marks.images.add('x', 7);
    marks.containers.add('y', 4);
    marks.whole.add('z', 6);
    expect(marks.asOf()).toBe(3);
    marks.containers.clear('y', 9);
    expect(marks.asOf()).toBe(5);
  });

  it('is the same at any time, however marks came and went before', () => {
    const steps = fc.record({
      key: fc.constantFrom('x', 'y', 'z'),
      back: fc.nat(4),
      change: fc.constantFrom('add', 'clear', 'clearAll'),
    });
    const property = fc.property(fc.array(steps, { maxLength: 30 }), (changes) => {
      const marks = createMarks();
      for (const { key, back, change } of changes) {
        const at = Math.max(0, marks.advance() - back);
        if (change === 'add') marks.images.add(key, at);
        else if (change === 'clear') marks.images.clear(key, at);
        else marks.images.clearAll(at);
        const oldest = Math.min(...[...marks.images.keys()].map(marks.images.since));
        expect(marks.asOf()).toBe(Math.min(oldest - 1, marks.seq));
      }
    });
    fc.assert(property);
  });

  it('costs no look at every mark: each event asks for it', () => {
    const marks = createMarks();
    const startedAt = performance.now();
    for (let at = 0; at < 50_000; at++) {
      marks.advance();
      marks.images.add(`image ${at}`);
      marks.asOf();
    }
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
