import type { RegistryAnswer } from './registries.ts';

/** Whether the digest that a registry has under a name is among some that are known. */
export interface UpdateCheck {
  readonly status: 'UP_TO_DATE' | 'DIFFERENT' | 'NOT_IN_REGISTRY' | 'NO_LOCAL_DIGEST';
  /** All that were compared. */
  readonly localDigests: readonly string[];
  readonly registryDigest: string | null;
  /** Milliseconds since 1970. */
  readonly checkedAt: number;
}

/**
 * Compares what was pulled under a name with what is there now. Digests of the same document only: what a registry has
 * under a tag is an index or a manifest, and so is what an engine remembers of it (RepoDigests), never a
 * manifest within it and never a configuration.
 */
export function checkForUpdate(
  localDigests: readonly string[],
  { manifest, checkedAt }: RegistryAnswer,
): UpdateCheck {
  const registryDigest = manifest?.descriptor.digest ?? null;
  const rest = { localDigests, registryDigest, checkedAt };
  if (registryDigest === null) return { status: 'NOT_IN_REGISTRY', ...rest };
  if (localDigests.length === 0) return { status: 'NO_LOCAL_DIGEST', ...rest };
  const isKnown = localDigests.includes(registryDigest);
  return { status: isKnown ? 'UP_TO_DATE' : 'DIFFERENT', ...rest };
}
