import DataLoader from 'dataloader';
import {
  type Container,
  type ContainerView,
  joinContainers,
} from '../image-index/container-view.ts';
import type { Image, ImageView } from '../image-index/image-view.ts';
import type { ImageIndex, IndexReading } from '../image-index/image-index.ts';

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
  /** The engine's words on a container; what it said last when it cannot be asked now. */
  statusText(container: Container): Promise<string>;
  /** Engines that gave something older than what they had announced. */
  staleEngines(): readonly string[];
}

/** @param signal ends the reads when the operation's time is up or its client has left */
export function createLoaders(
  indexes: ReadonlyMap<string, ImageIndex>,
  signal: AbortSignal,
): Loaders {
  const readings = new Map([...indexes].map(([name, index]) => [name, index.read(signal)]));
  /** Each engine settles for itself: one that fails takes its own keys only. */
  const perEngine = <Value>(read: (reading: IndexReading, name: string) => Promise<Value>) =>
    new DataLoader<string, Value>(async (names) => {
      const settled = await Promise.allSettled(
        names.map((name) => read(readings.get(name) as IndexReading, name)),
      );
      return settled.map((result) =>
        result.status === 'fulfilled' ? result.value : (result.reason as Error),
      );
    });

  const images = perEngine((reading) => reading.images());
  const sharedSizes = perEngine((reading) => reading.sharedSizes());
  const statusTexts = perEngine((reading) => reading.statusTexts());
  return {
    images,
    containers: perEngine(async (reading, name) => {
      const read = [images.load(name), reading.containers()] as const;
      return joinContainers(...(await Promise.all(read)));
    }),
    sharedSizes,
    staleEngines: () =>
      [...readings].flatMap(([name, reading]) => (reading.isStale() ? [name] : [])),
    async sharedSize(image) {
      return (await sharedSizes.load(image.engine)).get(image.row.id) ?? null;
    },
    async statusText({ engine, row }) {
      const texts = await statusTexts.load(engine).catch(() => null);
      return texts?.get(row.id) ?? row.statusText;
    },
  };
}
