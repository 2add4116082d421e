import { EngineError } from '../engine/engine-error.ts';
import type { Engine } from '../engine/engine.ts';
import type { ImageIndex } from './image-index.ts';
import { createImageView } from './image-view.ts';
import { createSingleFlight } from './single-flight.ts';

/** An index that keeps nothing: each operation reads the engine, equal reads at the same time share one call. */
export function createReadThroughIndex(engine: Engine): ImageIndex {
  const outOfTime = () =>
    new EngineError('ENGINE_TIMEOUT', engine.name, 'the operation ran out of time');
  const share = <Result>(read: (signal: AbortSignal) => Promise<Result>) =>
    createSingleFlight(read, outOfTime);
  return {
    engine,
    images: share(async (signal) => createImageView(engine.name, await engine.listImages(signal))),
    containers: share((signal) => engine.listContainers(signal)),
    sharedSizes: share((signal) => engine.sharedSizes(signal)),
    close: () => engine.close(),
  };
}
