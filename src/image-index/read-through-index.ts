import { EngineError } from '../engine/engine-error.ts';
import type { ContainerRow } from '../engine/container-row.ts';
import type { Engine } from '../engine/engine.ts';
import type { ImageRow } from '../engine/image-row.ts';
import { createImageDetails, type ImageDetails } from './details/image-details.ts';
import type { ImageIndex, IndexState } from './image-index.ts';
import { createImageView, type ImageView } from './image-view.ts';
import { createSingleFlight } from '../single-flight.ts';
import { turn } from '../turns.ts';

/**
 * An index without events: each operation reads the engine, equal reads at the same time share one call.
 * @param details what is known of single images, which stays true without events
 */
export function createReadThroughIndex(
  engine: Engine,
  details: ImageDetails = createImageDetails(engine),
): ImageIndex {
  const outOfTime = () =>
    new EngineError('ENGINE_TIMEOUT', engine.name, 'the operation ran out of time');
  const share = <Result>(read: (signal: AbortSignal) => Promise<Result>) =>
    createSingleFlight(read, outOfTime);
  const view = keepWhileSame((rows) => createImageView(engine.name, rows));
  const images = share(async (signal) => {
    const rows = await engine.listImages(signal);
    // As in the list's own end: 100,000 rows are much for one turn, and whoever waits for them sorts them next.
    await turn(signal);
    return view(rows);
  });
  const containers = share((signal) => engine.listContainers(signal));
  const sharedSizes = share((signal) => engine.sharedSizes(signal));
  const diskUsage = share((signal) => engine.diskUsage(signal));
  return {
    engine,
    read(signal) {
      let rows: Promise<readonly ContainerRow[]> | null = null;
      const listed = () => (rows ??= containers(signal));
      return {
        images: () => images(signal),
        containers: listed,
        statusTexts: async () => new Map((await listed()).map((row) => [row.id, row.statusText])),
        sharedSizes: () => sharedSizes(signal),
        diskUsage: () => diskUsage(signal),
        details: details.reads(signal),
        isStale: () => false,
      };
    },
    version: () => null,
    state: () => OFF,
    close() {
      details.close();
      engine.close();
    },
  };
}

const OFF: IndexState = {
  mode: 'OFF',
  images: null,
  containers: null,
  lastEventAt: null,
  lastFullReadAt: null,
  fullReads: 0,
  targetedReads: 0,
  readsSaved: 0,
  generation: 0,
};

/**
 * The last view again while the rows are the same objects, as they are when nothing has changed: what was
 * derived from it (orders, tables of references, repositories) need not be derived once more.
 */
function keepWhileSame(make: (rows: readonly ImageRow[]) => ImageView) {
  let last: ImageView | null = null;
  return (rows: readonly ImageRow[]): ImageView => {
    const isSame =
      last?.rows.length === rows.length && rows.every((row, at) => row === last?.rows[at]);
    if (last === null || !isSame) last = make(rows);
    return last;
  };
}
