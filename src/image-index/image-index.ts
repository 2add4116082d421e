import type { ContainerRow, Engine } from '../engine/engine.ts';
import type { ImageView } from './image-view.ts';

/**
 * What is known of one engine's images, however it is kept: read anew for each operation, or followed live.
 * Nothing above can tell which.
 */
export interface ImageIndex {
  readonly engine: Engine;
  /** One consistent view of all images; an operation asks once and keeps it. @throws EngineError */
  images(signal: AbortSignal): Promise<ImageView>;
  /** All containers, newest first. @throws EngineError */
  containers(signal: AbortSignal): Promise<readonly ContainerRow[]>;
  /** SharedSize by image ID. @throws EngineError */
  sharedSizes(signal: AbortSignal): Promise<ReadonlyMap<string, number | null>>;
  close(): void;
}
