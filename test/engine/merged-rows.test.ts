import { expect, it } from 'vitest';
import { mergeRows } from '../../src/engine/image-mapping.ts';
import { imageRow } from '../support/scripted-rows.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';

const SAME = 60_000;

it('a list of one ID takes no longer than another', () => {
  const rows = Array.from({ length: SAME }, (_, at) => ({
    ...imageRow(1),
    tags: [`demo/x:${at}`],
  }));
  const cpuMs = cpuTimeOf(() => expect(mergeRows(rows)[0]?.tags).toHaveLength(SAME));
  // One by one it took a minute.
  expect(cpuMs).toBeLessThan(2_000);
});
