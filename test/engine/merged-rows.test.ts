import { expect, it } from 'vitest';
import { mergeRows } from '../../src/engine/image-mapping.ts';
import { imageRow } from '../support/scripted-rows.ts';

const SAME = 60_000;

it('a list of one ID takes no longer than another', () => {
  const rows = Array.from({ length: SAME }, (_, at) => ({
    ...imageRow(1),
    tags: [`demo/x:${at}`],
  }));
  const before = process.cpuUsage();
  const [merged] = mergeRows(rows);
  expect(merged?.tags).toHaveLength(SAME);
  // Milliseconds; one by one it took a minute.
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
});
