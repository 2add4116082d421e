import { expect, it } from 'vitest';
import type { ImageRow } from '../../src/engine/image-row.ts';
import type { ImageOrder } from '../../src/image-index/image-order.ts';
import { createImageView } from '../../src/image-index/image-view.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { selectImages } from '../../src/loaders/image-selection.ts';
import type { Loaders } from '../../src/loaders/loaders.ts';

const row: ImageRow = {
  id: `sha256:${'a'.repeat(64)}`,
  parentId: null,
  tags: [],
  digests: [],
  created: 1,
  size: 1,
  labels: [],
  manifests: null,
  descriptor: null,
};

it('a view keeps the few orders that are in use, and no others', async () => {
  const view = createImageView('e', [row]);
  let sorts = 0;
  const loaders = { images: { load: async () => view } } as unknown as Loaders;
  const list = (...orderBy: ImageOrder[]) =>
    selectImages({ loaders, limits: DEFAULT_LIMITS, examine: () => void sorts++ }, ['e'], {
      filter: null,
      orderBy,
      all: true,
      page: {},
    });
  const bySize: ImageOrder = { field: 'SIZE', direction: 'ASC' };
  const byName: ImageOrder = { field: 'NAME', direction: 'ASC' };
  const up = (order: ImageOrder): ImageOrder => ({ ...order, direction: 'DESC' });

  await list(bySize);
  await list(bySize);
  await list(bySize, bySize, up(bySize));
  expect(sorts).toBe(1);

  await list(byName);
  await list(up(byName));
  await list(up(bySize));
  await list(bySize);
  expect(sorts).toBe(4);

  await list(bySize, byName);
  await list(bySize);
  expect(sorts).toBe(5);
  await list(byName);
  expect(sorts).toBe(6);
});
