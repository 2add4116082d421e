import type { Platform } from './image-row.ts';
import { asObjectOrNull, asText } from './json-values.ts';

const known = new Map<string, Platform>();
/** Platforms are few, short and repeated by every row: one object each. Bounded, as engines are not trusted. */
const MAX_KNOWN = 1_000;
const MAX_KNOWN_LENGTH = 200;

/** An OCI platform; null when os or architecture is empty (a manifest that nothing describes). */
export function toPlatform(value: unknown): Platform | null {
  const json = asObjectOrNull(value);
  const os = json === null ? null : asText(json['os']);
  const architecture = json === null ? null : asText(json['architecture']);
  if (json === null || os === null || architecture === null) return null;
  const platform = {
    os,
    architecture,
    variant: asText(json['variant']),
    osVersion: asText(json['os.version']),
  };
  const key = keyOf(platform);
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size < MAX_KNOWN && key.length <= MAX_KNOWN_LENGTH) known.set(key, platform);
  return platform;
}

/** Each platform once, in the order of their first. */
export function distinctPlatforms(platforms: readonly Platform[]): readonly Platform[] {
  if (platforms.length < 2) return platforms;
  const seen = new Set<string>();
  return platforms.filter((platform) => seen.size < seen.add(keyOf(platform)).size);
}

function keyOf({ os, architecture, variant, osVersion }: Platform): string {
  return JSON.stringify([os, architecture, variant, osVersion]);
}
