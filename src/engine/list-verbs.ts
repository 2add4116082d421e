import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Ask } from './asking.ts';
import { createBulkhead } from './bulkhead.ts';
import { toContainerRow } from './container-mapping.ts';
import type { DockerFor } from './docker-calls.ts';
import { toDiskUsage } from './disk-usage.ts';
import type { ContainerRow } from './container-row.ts';
import type { DiskUsage, Engine } from './engine.ts';
import type { ApiVersion, EngineFacts } from './engine-facts.ts';
import type { ImageRow } from './image-row.ts';
import { mergeRows, toImageRow, toSharedSize, toSharedSizes } from './image-mapping.ts';
import { createHedge, type Hedge } from './hedge.ts';
import { readRows } from './json-rows.ts';
import { withSignOfLife } from './long-read.ts';
import type { Redaction } from './redaction.ts';
import { createRowMemory, type Remember } from './row-memory.ts';
import { compareAge } from './row-order.ts';
import { readObject } from './read-body.ts';

/** While the engine works on a long list it may be slow to answer a ping, in milliseconds. */
const PATIENT_PING_MS = 5_000;
const DISK_USAGE_MS = 15_000;

/** Engine 1.13; before, nothing tells shared sizes. */
const DISK_USAGE: ApiVersion = 25;
const LISTS_WITH_SHARED_SIZE: ApiVersion = 42;

type Ping = (signal: AbortSignal, headTimeoutMs: number) => Promise<void>;
type LongRead = <Result>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;
type ListVerbs = Pick<Engine, 'listImages' | 'listContainers' | 'sharedSizes' | 'diskUsage'>;

/** What answers with a row for each thing of an engine, however long that takes. */
export function createListVerbs(
  name: string,
  docker: DockerFor,
  ask: Ask,
  ping: Ping,
  redaction: Redaction,
): ListVerbs {
  /** Lists take longer than any sensible deadline on a big store: they live as long as pings are answered. */
  const long: LongRead = (signal, run) =>
    withSignOfLife(name, signal, (pinging) => ping(pinging, PATIENT_PING_MS), run);
  // Engines up to 20.10 refuse a second /system/df while there is one.
  const oneAtATime = createBulkhead(1);
  /** What the index is made of would stand still for as long as one list is lost. */
  const hedged =
    (hedge: Hedge): LongRead =>
    (signal, run) =>
      hedge(signal, (signal) => long(signal, run));
  const longImages = hedged(createHedge());
  /** Some take another time than all. */
  const [longContainers, longSome] = [hedged(createHedge()), hedged(createHedge())];
  let known = { api: 0, rows: createRowMemory<ImageRow>() };
  /** Another version means something else by the same bytes. */
  const memoryOf = (api: ApiVersion) => {
    if (known.api !== api) known = { api, rows: createRowMemory<ImageRow>() };
    return known.rows;
  };
  return {
    listImages: (signal) =>
      ask(signal, ({ api }) =>
        longImages(signal, (signal) =>
          memoryOf(api).during(async (remember) => {
            const read = rowReader((json) => {
              const row = toImageRow(json, api);
              return row === null ? null : redaction.row(row);
            }, remember);
            const docked = docker({ api, ...UNHURRIED, signal, read });
            // all=1 finds parents; manifests=1 costs the engine nothing extra.
            const rows = await docked.listImages({ all: true, ...MANIFESTS });
            // To read the end of a long list and to put it in order would be one long stall.
            await nextTurn();
            return mergeRows(rows as unknown as Awaited<ReturnType<typeof read>>);
          }),
        ),
      ),
    sharedSizes: (signal) =>
      oneAtATime.run(
        () => ask(signal, (facts) => sharedSizes(docker, facts, signal, long)),
        signal,
      ),
    diskUsage: (signal) =>
      oneAtATime.run(() => ask(signal, (facts) => diskUsage(docker, facts, signal, long)), signal),
    listContainers: (signal, ids) =>
      ask(signal, ({ api }) =>
        (ids === undefined ? longContainers : longSome)(signal, (signal) =>
          listContainers(docker, api, signal, ids),
        ),
      ),
  };
}

/** Lists have no deadline of their own, and wait for no place. */
const UNHURRIED = { headTimeoutMs: null, lane: 'direct' } as const;

/** Options that @types/dockerode does not know; manifests is ignored below API 1.47. */
const MANIFESTS = { manifests: true } as object;
const SHARED_SIZE = { 'shared-size': true } as object;

function rowReader<Row>(
  toRow: (json: Record<string, unknown>) => Row | null,
  remember?: Remember<Row>,
) {
  return (body: AsyncIterable<Uint8Array>, engine: string) =>
    readRows(body, engine, toRow, remember);
}

async function listContainers(
  docker: DockerFor,
  api: number,
  signal: AbortSignal,
  ids: readonly string[] | undefined,
): Promise<readonly ContainerRow[]> {
  const read = rowReader(toContainerRow);
  const docked = docker({ api, ...UNHURRIED, signal, read });
  const only = ids === undefined ? {} : { filters: { id: [...ids] } };
  const rows = await docked.listContainers({ all: true, ...only });
  return (rows as unknown as Awaited<ReturnType<typeof read>>).sort(compareAge);
}

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
    const call = { api, ...UNHURRIED, signal, read: readObject, query };
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
    const call = { api, headTimeoutMs: DISK_USAGE_MS, signal, read: readObject };
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
