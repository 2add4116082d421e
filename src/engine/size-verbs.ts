import type { Ask } from './asking.ts';
import { createBulkhead } from './bulkhead.ts';
import { toDiskUsage } from './disk-usage.ts';
import type { DockerFor } from './docker-calls.ts';
import type { ApiVersion, EngineFacts } from './engine-facts.ts';
import type { DiskUsage, Engine } from './engine.ts';
import { toSharedSize, toSharedSizes } from './image-mapping.ts';
import { rowReader } from './json-rows.ts';
import { type LongRead, UNHURRIED } from './long-read.ts';
import { readLargeObject } from './read-body.ts';

const DISK_USAGE_MS = 15_000;

/** Engine 1.13; before, nothing tells shared sizes. */
const DISK_USAGE: ApiVersion = 25;
const LISTS_WITH_SHARED_SIZE: ApiVersion = 42;

/** What makes an engine compute sizes. */
export function createSizeVerbs(
  docker: DockerFor,
  ask: Ask,
  long: LongRead,
): Pick<Engine, 'sharedSizes' | 'diskUsage'> {
  // Engines up to 20.10 refuse a second /system/df while there is one.
  const oneAtATime = createBulkhead(1);
  return {
    sharedSizes: (signal) =>
      oneAtATime.run(
        () => ask(signal, (facts) => sharedSizes(docker, facts, signal, long)),
        signal,
      ),
    diskUsage: (signal) =>
      oneAtATime.run(() => ask(signal, (facts) => diskUsage(docker, facts, signal, long)), signal),
  };
}

/** An option that @types/dockerode does not know. */
const SHARED_SIZE = { 'shared-size': true } as object;

/** Types can be chosen from 1.42 on; before, everything is computed. */
const DISK_USAGE_BY_TYPE: ApiVersion = 42;

async function diskUsage(
  docker: DockerFor,
  { api, kind }: EngineFacts,
  signal: AbortSignal,
  long: LongRead,
): Promise<DiskUsage> {
  if (api < DISK_USAGE || kind === 'EMBEDDED') {
    return { totalSize: null, reclaimableSize: null, hasBuildCache: null };
  }
  // The build cache is cheap to tell; containers and volumes are walked file by file.
  const query = api < DISK_USAGE_BY_TYPE ? {} : { type: ['image', 'build-cache'] };
  return long(signal, async (signal) => {
    const call = { api, ...UNHURRIED, signal, read: readLargeObject, query };
    return toDiskUsage((await docker(call).df()) as Record<string, unknown>, kind);
  });
}

async function sharedSizes(
  docker: DockerFor,
  facts: EngineFacts,
  signal: AbortSignal,
  long: LongRead,
): Promise<ReadonlyMap<string, number | null>> {
  // Podman never computes it: 0 from 5.6 on when asked, 0 always before.
  if (facts.kind === 'PODMAN') return new Map();
  const { api } = facts;
  if (api < DISK_USAGE) return new Map();
  if (api < LISTS_WITH_SHARED_SIZE) {
    // shared-size is ignored here, and only /system/df computes it, which leaves out intermediate images.
    const call = { api, headTimeoutMs: DISK_USAGE_MS, signal, read: readLargeObject };
    return toSharedSizes((await docker(call).df()) as Record<string, unknown>);
  }
  return long(signal, async (signal) => {
    const read = rowReader(toSharedSize);
    const docked = docker({ api, ...UNHURRIED, signal, read });
    const rows = await docked.listImages({ all: true, ...SHARED_SIZE });
    const sizes = rows as unknown as Awaited<ReturnType<typeof read>>;
    return new Map(sizes.map(({ id, sharedSize }) => [id, sharedSize]));
  });
}
