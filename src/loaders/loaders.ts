import DataLoader from 'dataloader';
import { type ContainerView, joinContainers } from '../image-index/container-view.ts';
import type { Image, ImageView } from '../image-index/image-view.ts';
import type { ImageIndex } from '../image-index/image-index.ts';

/**
 * The reads of one operation: each engine's images, containers and shared sizes at most once, whatever the
 * shape of the query. Keys are configured engine names. A failed read is remembered for the operation, so
 * that a thousand fields do not ask a dead engine a thousand times.
 */
export interface Loaders {
  readonly images: DataLoader<string, ImageView>;
  readonly containers: DataLoader<string, ContainerView>;
  readonly sharedSizes: DataLoader<string, ReadonlyMap<string, number | null>>;
  /** SharedSize of one image, null where its engine cannot compute it. */
  sharedSize(image: Image): Promise<number | null>;
}

/** @param signal ends the reads when the operation's time is up or its client has left */
export function createLoaders(
  indexes: ReadonlyMap<string, ImageIndex>,
  signal: AbortSignal,
): Loaders {
  /** Each engine settles for itself: one that fails takes its own keys only. */
  const perEngine = <Value>(read: (index: ImageIndex) => Promise<Value>) =>
    new DataLoader<string, Value>(async (names) => {
      const settled = await Promise.allSettled(
        names.map((name) => read(indexes.get(name) as ImageIndex)),
      );
      return settled.map((result) =>
        result.status === 'fulfilled' ? result.value : (result.reason as Error),
      );
    });

  const images = perEngine((index) => index.images(signal));
  const sharedSizes = perEngine((index) => index.sharedSizes(signal));
  return {
    images,
    containers: perEngine(async (index) => {
      const read = [images.load(index.engine.name), index.containers(signal)] as const;
      return joinContainers(...(await Promise.all(read)));
    }),
    sharedSizes,
    async sharedSize(image) {
      return (await sharedSizes.load(image.engine)).get(image.row.id) ?? null;
    },
  };
}
