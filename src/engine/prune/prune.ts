import type { ContainerRow } from '../container-row.ts';
import type { ImageRow } from '../image-row.ts';

/** What docker image prune is asked to do. */
export interface PruneOptions {
  /** Only what docker calls dangling; false is docker image prune --all. */
  readonly danglingOnly: boolean;
  /** Only images created at this time or before, seconds since 1970; null for all. */
  readonly until: number | null;
  /** All must be there; null takes any value. */
  readonly labels: readonly { readonly key: string; readonly value: string | null }[];
}

/** All that an engine looks at. */
export interface PruneState {
  readonly images: readonly ImageRow[];
  readonly containers: readonly ContainerRow[];
}

/** What it would do. */
export interface PrunePlan {
  /** IDs of images that would be gone. */
  readonly removed: ReadonlySet<string>;
  /** Names, as in ImageRow.tags, that images which stay would lose. */
  readonly untagged: readonly { readonly imageId: string; readonly reference: string }[];
}

/** The rule of one kind of store. */
export type PruneRule = (state: PruneState, options: PruneOptions) => PrunePlan;

/** Whether the filters of a prune let an image pass. */
export function isWanted({ created, labels }: ImageRow, options: PruneOptions): boolean {
  const { until } = options;
  if (until !== null && (created === null || created > until)) return false;
  return options.labels.every(({ key, value }) =>
    labels.some((own) => own.key === key && (value === null || own.value === value)),
  );
}

/** How many images are built on one, by its ID. */
export function countChildren(rows: readonly ImageRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { parentId } of rows) {
    if (parentId !== null) counts.set(parentId, (counts.get(parentId) ?? 0) + 1);
  }
  return counts;
}
