import DataLoader from 'dataloader';
import type { Attestation, ImageDetail } from '../engine/image-detail.ts';
import type { Eventual } from '../eventual.ts';
import type { DetailTarget } from '../image-index/details/detail-target.ts';
import { isUnpacked } from '../image-index/details/detail-target.ts';
import { joinHistory, type JoinedStep } from '../image-index/details/layer-history.ts';
import type { DetailReads } from '../image-index/details/image-details.ts';
import type { Image, Manifest } from '../image-index/image-view.ts';

/** What details belong to: an image, or one of its manifests. */
export type Detailed = Image | Manifest;

/** What engines say of single images, each once for an operation, whatever it selects. */
export interface DetailLoaders {
  /** At once when it is remembered; null when the image is gone, or the engine cannot say. */
  detail(of: Detailed): Eventual<ImageDetail | null>;
  /** As detail, but asked now: for what changes without the image changing. */
  detailNow(of: Detailed): Promise<ImageDetail | null>;
  /** What docker history says, joined with the layers, newest first; null as for detail. */
  history(of: Detailed): Promise<readonly JoinedStep[] | null>;
  /**
   * What is attested of a manifest that is here; null for others, and where the engine cannot say.
   * @param withStatement of which type statements are given, too
   */
  attestations(of: Manifest, withStatement: string | null): Promise<readonly Attestation[] | null>;
}

/** @param readsOf the details of an engine, by its configured name */
export function createDetailLoaders(readsOf: (engine: string) => DetailReads): DetailLoaders {
  const details = loaderOf((reads, target) => reads.detail(target));
  const fresh = loaderOf((reads, target) => reads.detailNow(target));
  const joined = loaderOf(async (reads, target) => {
    const [steps, detail] = await Promise.all([reads.history(target), reads.detail(target)]);
    if (steps === null || detail === null) return null;
    return joinHistory(steps, detail.layers.length, isUnpacked(target));
  });

  type Told = Promise<readonly Attestation[] | null>;
  /** By the type of which statements are given too. */
  const attested = new WeakMap<Manifest, Map<string | null, Told>>();

  /** Each settles for itself: one bad image takes its own fields only. */
  function loaderOf<Answer>(
    read: (reads: DetailReads, target: DetailTarget) => Promise<Answer>,
  ): DataLoader<Detailed, Answer> {
    return new DataLoader(async (all) => {
      const settled = await Promise.allSettled(
        all.map((of) => read(readsOf(engineOf(of)), targetOf(of))),
      );
      return settled.map((result) =>
        result.status === 'fulfilled' ? result.value : (result.reason as Error),
      );
    });
  }

  return {
    detail: (of) => readsOf(engineOf(of)).known(targetOf(of)) ?? details.load(of),
    detailNow: (of) => fresh.load(of),
    history: (of) => joined.load(of),
    attestations(of, withStatement) {
      const ofManifest = attested.get(of) ?? new Map<string | null, Told>();
      attested.set(of, ofManifest);
      const told =
        ofManifest.get(withStatement) ??
        readsOf(of.image.engine).attestations(targetOf(of), withStatement);
      ofManifest.set(withStatement, told);
      return told;
    },
  };
}

function isManifest(of: Detailed): of is Manifest {
  return 'image' in of;
}

function engineOf(of: Detailed): string {
  return isManifest(of) ? of.image.engine : of.engine;
}

function targetOf(of: Detailed): DetailTarget {
  return isManifest(of) ? { row: of.image.row, manifest: of.row } : { row: of.row, manifest: null };
}
