import type { EngineFacts } from '../engine/engine-facts.ts';
import type { ImageRow, Platform } from '../engine/image-row.ts';
import { distinctPlatforms } from '../engine/platform-mapping.ts';
import type { Image } from './image-view.ts';

/**
 * The platform of each image manifest that is complete in the local store, null for one that names none; null where the
 * engine keeps no manifests.
 */
export function manifestPlatforms({ manifests }: ImageRow): readonly (Platform | null)[] | null {
  if (manifests === null) return null;
  const available = manifests.filter(({ available, kind }) => available && kind === 'IMAGE');
  return available.map(({ platform }) => platform);
}

/** Each platform once that is complete in the local store; null where the engine keeps no manifests. */
export function availablePlatforms(row: ImageRow): readonly Platform[] | null {
  const platforms = manifestPlatforms(row);
  return platforms && distinctPlatforms(platforms.filter((platform) => platform !== null));
}

/** The platform that the engine would run: its own when that is available, else the first. */
export function preferredPlatform(image: Image, engine: EngineFacts | null): Platform | null {
  const platforms = image.platforms ?? [];
  const own = platforms.find(
    ({ os, architecture }) =>
      os === engine?.operatingSystem && architecture === engine.architecture,
  );
  return own ?? platforms[0] ?? null;
}
