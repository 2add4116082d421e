import { expect, it } from 'vitest';
import { createReadThroughIndex } from '../../src/image-index/read-through-index.ts';
import { connectTo } from '../support/gateway.ts';
import { idOf, type ImageJson, startStandInEngine } from '../support/stand-in-engine.ts';

it('reads the engine for each operation, and derives anew only what has changed', async () => {
  let images: readonly ImageJson[] = [{ Id: idOf(1) }, { Id: idOf(2) }];
  const http = await startStandInEngine(() => ({ images }));
  const index = createReadThroughIndex(connectTo('e', http.dial));
  const read = () => index.read(AbortSignal.timeout(5_000)).images();

  const first = await read();
  expect(await read()).toBe(first);
  images = [{ Id: idOf(1), ParentId: idOf(2) }, { Id: idOf(2) }];
  const second = await read();
  expect(second).not.toBe(first);
  expect(second.children(idOf(2)).map(({ row }) => row.id)).toEqual([idOf(1)]);
  expect(first.children(idOf(2))).toEqual([]);
  expect(second.image(idOf(2))?.row).toBe(first.image(idOf(2))?.row);
  expect(http.calls.filter((call) => call.includes('/images/json'))).toHaveLength(3);

  index.close();
  await http.close();
});
