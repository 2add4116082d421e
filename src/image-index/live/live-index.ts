import { EngineError } from '../../engine/engine-error.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ImageEventRecord } from '../image-event-log.ts';
import type { ImageIndex, IndexMode } from '../image-index.ts';
import { createImageDetails } from '../details/image-details.ts';
import { createReadThroughIndex } from '../read-through-index.ts';
import type { HealingTimers } from './healing.ts';
import { createLiveReader } from './live-reader.ts';
import { createTracker } from './tracker.ts';

/** What an index needs. */
export interface LiveIndexOptions {
  readonly engine: Engine;
  /** Told of each image event once the index shows what became of it. */
  readonly onImageEvent?: (event: ImageEventRecord) => void;
  /** Told when the mode changes, for the log. */
  readonly onMode?: (mode: IndexMode) => void;
  /** Other than HEALING_TIMERS; false in tests of what events alone achieve: nothing is looked for. */
  readonly timers?: false | Partial<HealingTimers>;
}

/**
 * The images and containers of one engine in memory, kept as Kubernetes informers keep theirs: listed once,
 * followed by events, reconciled now and then. Where an engine gives no events, or holds too much, each
 * operation reads it instead.
 */
export function createLiveIndex(options: LiveIndexOptions): ImageIndex {
  const { engine } = options;
  const details = createImageDetails(engine);
  const through = createReadThroughIndex(engine, details);
  const tracker = createTracker({ ...options, onSnapshot: ({ view }) => details.follow(view) });
  const reader = createLiveReader(engine, tracker, through);

  function version(): string | null {
    const snapshot = tracker.snapshot();
    if (tracker.mode() === 'OFF' || snapshot === null) return null;
    if (engine.status() !== 'READY' || !tracker.isSettled()) return null;
    return `${tracker.epoch()}.${snapshot.generation}.${engine.circuit()}`;
  }

  return {
    engine,
    read: reader.read,
    version,
    state() {
      const snapshot = tracker.snapshot();
      return {
        mode: tracker.mode(),
        images: snapshot?.view.rows.length ?? null,
        containers: snapshot?.containers.length ?? null,
        ...tracker.history(),
        readsSaved: reader.readsSaved(),
        generation: snapshot?.generation ?? 0,
      };
    },
    close() {
      tracker.close(new EngineError('ENGINE_UNAVAILABLE', engine.name, 'the index is closed'));
      through.close();
    },
  };
}
