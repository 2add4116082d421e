import type { ApiVersion, EngineFacts } from './engine-facts.ts';

/** From API 1.53 on an inspect verifies signatures, perhaps over the network; 1.52 does not. */
const INSPECT_WITHOUT_SIGNATURES = 52;
/** Inspect gives manifests from this version on. */
const INSPECT_WITH_MANIFESTS = 48;
/** Inspect takes a platform from this version on, then without manifests. */
const INSPECT_OF_PLATFORM = 49;

/**
 * Whether one image can be read as the list would give it: only an inspect with manifests has all that
 * the list has, and only the containerd store gives those.
 */
export function canReadOneImage({ store, api }: EngineFacts): boolean {
  return store === 'CONTAINERD' && givesManifests(api);
}

/** Whether what is said of one image can be asked of each of its manifests. */
export function canAskForPlatform({ store, api }: EngineFacts): boolean {
  return (store === 'CONTAINERD' || store === 'OCI_LAYOUT') && api >= INSPECT_OF_PLATFORM;
}

/** The version to inspect with. */
export function inspectVersion({ api, minApi }: EngineFacts): ApiVersion {
  return Math.max(Math.min(api, INSPECT_WITHOUT_SIGNATURES), minApi);
}

/** Whether an inspect can be asked for manifests; which stores have some is another question. */
export function givesManifests(api: ApiVersion): boolean {
  return api >= INSPECT_WITH_MANIFESTS;
}
