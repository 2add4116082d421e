import type { DiskUsage } from './engine.ts';
import type { EngineKind } from './engine-facts.ts';
import { toImageId } from './image-mapping.ts';
import { asCount, asObject, asObjectOrNull, type Json } from './json-values.ts';

/**
 * GET /system/df. API 1.52 and later have ImageUsage, with numbers left out that are 0, beside or instead of the
 * older shape, from which the docker command computes what is reclaimable (docker/cli, formatter/disk_usage.go).
 */
export function toDiskUsage(df: Json, kind: EngineKind): DiskUsage {
  const usage = asObjectOrNull(df['ImageUsage']);
  if (usage !== null) {
    return {
      totalSize: asCount(usage['TotalSize']) ?? 0,
      reclaimableSize: asCount(usage['Reclaimable']) ?? 0,
      hasBuildCache: hasBuildCache(df),
    };
  }
  const totalSize = asCount(df['LayersSize']);
  return {
    totalSize,
    reclaimableSize: totalSize === null ? null : Math.max(0, totalSize - usedSize(df['Images'])),
    // Buildah keeps its layers as images.
    hasBuildCache: kind === 'PODMAN' ? false : hasBuildCache(df),
  };
}

/** Null stands for an empty list (20.10). */
function hasBuildCache(df: Json): boolean | null {
  const count = asCount(asObject(df['BuildCacheUsage'])['TotalCount']);
  if (count !== null) return count > 0;
  const items = df['BuildCache'];
  return 'BuildCache' in df ? Array.isArray(items) && items.length > 0 : null;
}

/** Bytes that images with containers have for themselves. Podman lists an image once for each of its names. */
function usedSize(images: unknown): number {
  const used = new Map<string, number>();
  for (const item of Array.isArray(images) ? images : []) {
    const image = asObject(item);
    const [id, size, shared] = [
      toImageId(image['Id']),
      asCount(image['Size']),
      asCount(image['SharedSize']),
    ];
    if (id === null || size === null || shared === null) continue;
    if (image['Containers'] !== 0) used.set(id, size - shared);
  }
  return [...used.values()].reduce((sum, size) => sum + size, 0);
}
