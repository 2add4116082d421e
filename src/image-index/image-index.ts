import type { ContainerRow } from '../engine/container-row.ts';
import type { DiskUsage, Engine } from '../engine/engine.ts';
import type { DetailReads } from './details/image-details.ts';
import type { ImageView } from './image-view.ts';

/**
 * What is known of one engine's images, however it is kept: read anew for each operation, or followed live.
 * Nothing above can tell which.
 */
export interface ImageIndex {
  readonly engine: Engine;
  /**
   * What one operation sees, from the moment that it came: later changes do not show in it.
   * @param signal ends what it still waits for
   */
  read(signal: AbortSignal): IndexReading;
  /**
   * Changes with everything that an answer over this engine may depend on, its own status included; null
   * while that cannot be told, so that no answer made now may be given again.
   */
  version(): string | null;
  state(): IndexState;
  close(): void;
}

/** The view of one operation on one engine. Each part is read when it is first asked for. */
export interface IndexReading {
  /** All images. @throws EngineError */
  images(): Promise<ImageView>;
  /** All containers of the same moment, newest first. @throws EngineError */
  containers(): Promise<readonly ContainerRow[]>;
  /**
   * The engine's words on each container by its ID (Up 3 hours), which age without an event: at most one
   * call. @throws EngineError
   */
  statusTexts(): Promise<ReadonlyMap<string, string>>;
  /** SharedSize by image ID. @throws EngineError */
  sharedSizes(): Promise<ReadonlyMap<string, number | null>>;
  /** What docker system df says of images: one call, which equal questions at the same time share. @throws EngineError */
  diskUsage(): Promise<DiskUsage>;
  /** What the engine says of single images beyond its list. */
  readonly details: DetailReads;
  /** Whether something was given that may be older than a change which the engine had announced. */
  isStale(): boolean;
}

/**
 * OFF reads the engine for each operation; SYNCING has no full list yet, or one after a gap is due; LIVE
 * follows the events; DEGRADED follows them too, but lists keep finding what none of them announced.
 */
export type IndexMode = 'OFF' | 'SYNCING' | 'LIVE' | 'DEGRADED';

/** How an index is doing. Times are milliseconds since 1970. */
export interface IndexState {
  readonly mode: IndexMode;
  readonly images: number | null;
  readonly containers: number | null;
  /** When the last event arrived, as the engine dates it. */
  readonly lastEventAt: number | null;
  /** When the last list of all images ended that the index agrees with. */
  readonly lastFullReadAt: number | null;
  readonly fullReads: number;
  /** Images and containers that were read by themselves because of an event. */
  readonly targetedReads: number;
  /** Operations that were answered without a call to the engine. */
  readonly readsSaved: number;
  /** Grows with every change that was published. */
  readonly generation: number;
}
