import type { EngineFacts, ImageStore } from '../engine-facts.ts';
import { pruneContainerd } from './containerd.ts';
import { pruneContainersStorage } from './containers-storage.ts';
import { pruneGraphDriver } from './graph-driver.ts';
import type { PruneOptions, PruneRule } from './prune.ts';

const RULES: Readonly<Record<ImageStore, PruneRule | null>> = {
  CONTAINERD: pruneContainerd,
  GRAPH_DRIVER: pruneGraphDriver,
  CONTAINERS_STORAGE: pruneContainersStorage,
  // Read-only: nothing is ever pruned there.
  OCI_LAYOUT: null,
};

/**
 * How an engine prunes; null when that cannot be foreseen. The containerd store compares --filter until with the time
 * when a name was given here, which no endpoint tells.
 */
export function pruneRuleOf({ store }: EngineFacts, { until }: PruneOptions): PruneRule | null {
  return store === 'CONTAINERD' && until !== null ? null : RULES[store];
}
