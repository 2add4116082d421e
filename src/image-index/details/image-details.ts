import type { Engine } from '../../engine/engine.ts';
import type { Attestation, HistoryStep, ImageDetail } from '../../engine/image-detail.ts';
import type { ImageView } from '../image-view.ts';
import { createDetailStore } from './detail-store.ts';
import type { DetailTarget } from './detail-target.ts';
import { createLayerIndex } from './layer-index.ts';
import type { LayerView } from './layer-view.ts';

/** What an engine says of its images one by one, kept for as long as it is true. */
export interface ImageDetails {
  /** As one operation reads it. @param signal ends what it still waits for */
  reads(signal: AbortSignal): DetailReads;
  /** Reads the layers of what a new view has more, once anyone has asked for layers. Never waits. */
  follow(images: ImageView): void;
  close(): void;
}

/** Details as one operation reads them. */
export interface DetailReads {
  /** What is remembered; undefined when it has to be read. */
  known(target: DetailTarget): ImageDetail | undefined;
  /** Null when the image is gone, or when the engine cannot say. @throws EngineError */
  detail(target: DetailTarget): Promise<ImageDetail | null>;
  /** As detail, asked of the engine now, for what changes without the image changing. @throws EngineError */
  detailNow(target: DetailTarget): Promise<ImageDetail | null>;
  /** Newest first; null as for detail. @throws EngineError */
  history(target: DetailTarget): Promise<readonly HistoryStep[] | null>;
  /** What is attested of one manifest; null where the engine cannot say. @throws EngineError */
  attestations(
    target: DetailTarget,
    withStatement: string | null,
  ): Promise<readonly Attestation[] | null>;
  /** Which images are built on which; inspects all that are not known. @throws EngineError */
  layers(images: ImageView): Promise<LayerView>;
  /** At once when everything is known. */
  knownLayers(images: ImageView): LayerView | undefined;
}

/** Nothing is read before somebody asks. */
export function createImageDetails(engine: Engine): ImageDetails {
  const closing = new AbortController();
  const layers = createLayerIndex(engine, () => store);
  const store = createDetailStore(engine, layers.note);
  return {
    reads: (signal) => ({
      known: store.known,
      detail: (target) => store.detail(target, signal),
      detailNow: (target) => store.detailNow(target, signal),
      history: (target) => store.history(target, signal),
      attestations: (target, type) => store.attestations(target, type, signal),
      layers: (images) => layers.view(images, signal),
      knownLayers: layers.known,
    }),
    follow: (images) => layers.follow(images, closing.signal),
    close: () => closing.abort(new Error('the index is closed')),
  };
}
