import { describe, expect, it } from 'vitest';
import { readRows } from '../../src/engine/json-rows.ts';

async function* rowsWithoutEnd(): AsyncGenerator<Buffer> {
  yield Buffer.from('[');
  const many = Buffer.from('{"n":1},'.repeat(10_000));
  for (;;) yield many;
}

describe('a list without end', () => {
  it.each([
    ['of rows', () => ({})],
    ['of rows that are left out', () => null],
  ])('%s is given up', async (_, toRow) => {
    await expect(readRows(rowsWithoutEnd(), 'e', toRow)).rejects.toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
    });
  });
});
