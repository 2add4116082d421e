import type { ImageAction } from '../engine/engine.ts';

/** What happened to an image of an engine, once the index shows what became of it. */
export interface ImageEventRecord {
  /** The configured engine name. */
  readonly engine: string;
  /** RESYNCED says that events of this engine before it may be missing. */
  readonly action: ImageAction | 'RESYNCED';
  /** Nanoseconds since 1970, by the engine's clock; by ours for RESYNCED. */
  readonly time: bigint;
  readonly reference: string | null;
  readonly imageId: string | null;
}

/** A record at its place in the log. */
export interface LoggedEvent extends ImageEventRecord {
  /** Grows by one with each record, over all engines. */
  readonly position: number;
}
