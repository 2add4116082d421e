import { expect, it } from 'vitest';
import { countOf } from '../../src/engine/image-count.ts';
import { FOLDERS } from '../engines/recordings.ts';
import { factsOf, listed } from '../engines/replayed.ts';
import { recorded } from '../support/replay-engine.ts';

it.each(FOLDERS)('what /info counts is the names or the images of a list: %s', async (folder) => {
  const facts = await factsOf(folder);
  const { Images } = recorded(folder, 'info') as { Images: number };
  expect(countOf(await listed(folder), facts?.store ?? 'GRAPH_DRIVER')).toBe(Images);
});
