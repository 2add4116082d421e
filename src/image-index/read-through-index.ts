import type { Engine } from '../engine/engine.ts';
import type { ImageIndex } from './image-index.ts';
import { createImageView } from './image-view.ts';
import { createSingleFlight } from './single-flight.ts';

/** An index that keeps nothing: each operation reads the engine, equal reads at the same time share one call. */
export function createReadThroughIndex(engine: Engine): ImageIndex {
  return {
    engine,
    images: createSingleFlight(async (signal) =>
      createImageView(engine.name, await engine.listImages(signal)),
    ),
    containers: createSingleFlight((signal) => engine.listContainers(signal)),
    sharedSizes: createSingleFlight((signal) => engine.sharedSizes(signal)),
    close: () => engine.close(),
  };
}
