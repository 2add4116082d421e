import type { ImageRow } from '../image-row.ts';
import {
  countChildren,
  isWanted,
  type PruneOptions,
  type PrunePlan,
  type PruneState,
} from './prune.ts';

/**
 * podman image prune (podman pkg/domain/infra/abi/images.go and containers/common libimage; seen on 5.8): whatever no container uses, with
 * all of its names, and whether or not something is built on it, but for dangling images: docker image prune --all says
 * dangling=false, which Podman takes at its word. Nameless parents go with the last of their children, whatever the
 * filters say.
 */
export function pruneContainersStorage(state: PruneState, options: PruneOptions): PrunePlan {
  const used = new Set(state.containers.flatMap(({ imageId }) => imageId ?? []));
  const byId = new Map(state.images.map((row) => [row.id, row]));
  const children = countChildren(state.images);
  const removed = new Set<string>();
  const isLoose = (row: ImageRow) => hasNoName(row) && (children.get(row.id) ?? 0) === 0;

  function remove(start: ImageRow): void {
    for (let row: ImageRow | undefined = start; row !== undefined;) {
      removed.add(row.id);
      const { parentId }: ImageRow = row;
      if (parentId !== null) children.set(parentId, (children.get(parentId) ?? 0) - 1);
      const parent: ImageRow | undefined = byId.get(parentId ?? '');
      const isFree = parent !== undefined && isLoose(parent) && !used.has(parent.id);
      row = isFree && !removed.has(parent.id) ? parent : undefined;
    }
  }

  const chosen = state.images.filter(
    (row) => !used.has(row.id) && isWanted(row, options) && isLoose(row) === options.danglingOnly,
  );
  for (const row of chosen) if (!removed.has(row.id)) remove(row);
  return { removed, untagged: [] };
}

function hasNoName({ tags, digests }: ImageRow): boolean {
  return tags.length === 0 && !digests.some((text) => text.includes('@'));
}
