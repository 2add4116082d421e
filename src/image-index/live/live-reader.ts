import { EngineError } from '../../engine/engine-error.ts';
import type { Engine } from '../../engine/engine.ts';
import { factsInTime } from '../facts-in-time.ts';
import type { ImageIndex, IndexReading } from '../image-index.ts';
import { createSingleFlight } from '../../single-flight.ts';
import type { Snapshot } from './publisher.ts';
import type { Tracker } from './tracker.ts';

/** How long an operation waits for what it came after to be read, in milliseconds. */
const SETTLE_MS = 2_000;

/** What an operation sees: null where the engine is not followed. */
interface Sight {
  readonly snapshot: Snapshot | null;
  readonly isStale: boolean;
}

/** Serves operations from snapshots. */
export interface LiveReader {
  read(signal: AbortSignal): IndexReading;
  /** Operations that were answered without a call to the engine. */
  readsSaved(): number;
}

/** @param through reads the engine for each operation, where there is nothing to follow */
export function createLiveReader(
  engine: Engine,
  tracker: Tracker,
  through: ImageIndex,
): LiveReader {
  const outOfTime = () =>
    new EngineError('ENGINE_TIMEOUT', engine.name, 'the operation ran out of time');
  const share = <Result>(read: (signal: AbortSignal) => Promise<Result>) =>
    createSingleFlight(read, outOfTime);
  const listContainers = share((signal) => engine.listContainers(signal));
  const sharedSizes = shareByContent(tracker, () => share((signal) => engine.sharedSizes(signal)));
  let readsSaved = 0;

  /** Everything that had been heard of when the operation came, or as much of it as 2 s allow. */
  async function see(since: number, signal: AbortSignal): Promise<Sight> {
    if (engine.status() !== 'READY') await factsInTime(engine, signal);
    const isShown = await tracker.whenShown(since, SETTLE_MS, signal).catch((error: unknown) => {
      throw (error as Error | undefined)?.name === 'TimeoutError' ? outOfTime() : error;
    });
    const snapshot = tracker.snapshot();
    if (snapshot !== null) readsSaved++;
    return { snapshot, isStale: !isShown };
  }

  function read(signal: AbortSignal): IndexReading {
    const since = tracker.seq();
    const instead = through.read(signal);
    let seen: Promise<Sight> | null = null;
    let isStale = false;
    const snapshot = async (): Promise<Snapshot | null> => {
      const sight = await (seen ??= see(since, signal));
      isStale = sight.isStale;
      return sight.snapshot;
    };
    return {
      images: async () => (await snapshot())?.view ?? instead.images(),
      containers: async () => (await snapshot())?.containers ?? instead.containers(),
      async statusTexts() {
        if ((await snapshot()) === null) return instead.statusTexts();
        return new Map((await listContainers(signal)).map((row) => [row.id, row.statusText]));
      },
      async sharedSizes() {
        const seen = await snapshot();
        return seen === null ? instead.sharedSizes() : sharedSizes(seen.contentGeneration, signal);
      },
      diskUsage: instead.diskUsage,
      details: instead.details,
      isStale: () => isStale,
    };
  }

  return { read, readsSaved: () => readsSaved };
}

type SharedSizes = ReadonlyMap<string, number | null>;

/**
 * Shared sizes are of all images together: read once for as long as no image changes. Whoever sees a change
 * does not join a read that began before it.
 * @param begin makes a read that is shared by all who ask meanwhile
 */
function shareByContent(
  tracker: Tracker,
  begin: () => (signal: AbortSignal) => Promise<SharedSizes>,
) {
  let known = { generation: -1, read: begin(), sizes: null as SharedSizes | null };
  return async (generation: number, signal: AbortSignal): Promise<SharedSizes> => {
    if (generation > known.generation) known = { generation, read: begin(), sizes: null };
    if (known.sizes !== null) return known.sizes;
    const mine = known;
    const sizes = await mine.read(signal);
    // Of images that changed meanwhile it is not known whether the engine had counted them.
    if (tracker.snapshot()?.contentGeneration === mine.generation) mine.sizes = sizes;
    return sizes;
  };
}
