import DataLoader from 'dataloader';
import pLimit from 'p-limit';
import type { ContainerRow, DiskUsage, Engine } from '../engine/engine.ts';
import { isDigest, type ParsedName } from '../engine/reference.ts';
import type { Eventual } from '../eventual.ts';
import {
  type Container,
  type ContainerView,
  joinContainers,
} from '../image-index/container-view.ts';
import type { LayerView } from '../image-index/details/layer-view.ts';
import type { Image, ImageView } from '../image-index/image-view.ts';
import type { ImageIndex, IndexReading } from '../image-index/image-index.ts';
import type { Registries, RegistryAnswer } from '../registry/registries.ts';
import { createDetailLoaders, type DetailLoaders } from './details.ts';

/**
 * The reads of one operation: each engine's images, containers and shared sizes at most once, whatever the
 * shape of the query. Keys are configured engine names. A failed read is remembered for the operation, so
 * that a thousand fields do not ask a dead engine a thousand times.
 */
export interface Loaders extends DetailLoaders {
  readonly images: EngineReads<ImageView>;
  readonly containers: EngineReads<ContainerView>;
  readonly sharedSizes: EngineReads<ReadonlyMap<string, number | null>>;
  readonly diskUsage: EngineReads<DiskUsage>;
  /** Which images are built on which: inspects those that are not known yet. */
  readonly layers: EngineReads<LayerView>;
  /** SharedSize of one image, null where its engine cannot compute it. */
  sharedSize(image: Image): Promise<number | null>;
  /** The engine's words on a container; what it said last when it cannot be asked now. */
  statusText(container: Container): Promise<string>;
  /** Containers with the references that they were made from, where a list has an ID instead: a call for each of these. */
  withTypedNames(engine: string, rows: readonly ContainerRow[]): Promise<readonly ContainerRow[]>;
  /** What a registry has under a name, asked through this engine. @throws EngineError */
  registry(engine: string, name: ParsedName): Promise<RegistryAnswer>;
  /** Engines that gave something older than what they had announced. */
  staleEngines(): readonly string[];
}

/** Containers that an engine is asked about at once. */
const PARALLEL_NAMES = 8;

/** One kind of read, by engine. */
export interface EngineReads<Value> {
  load(engine: string): Promise<Value>;
  /** At once when it was read before. */
  get(engine: string): Eventual<Value>;
}

/** @param signal ends the reads when the operation's time is up or its client has left */
export function createLoaders(
  indexes: ReadonlyMap<string, ImageIndex>,
  registries: Registries,
  signal: AbortSignal,
): Loaders {
  const readings = new Map([...indexes].map(([name, index]) => [name, index.read(signal)]));
  const perEngine = <Value>(read: (reading: IndexReading, name: string) => Promise<Value>) =>
    createEngineReads((name) => read(readings.get(name) as IndexReading, name));
  const images = perEngine((reading) => reading.images());
  const sharedSizes = perEngine((reading) => reading.sharedSizes());
  const statusTexts = perEngine((reading) => reading.statusTexts());
  return {
    images,
    containers: perEngine(async (reading, name) => {
      const read = [images.load(name), reading.containers()] as const;
      return joinContainers(...(await Promise.all(read)));
    }),
    sharedSizes,
    diskUsage: perEngine((reading) => reading.diskUsage()),
    layers: perEngine(async ({ details }, name) => details.layers(await images.load(name))),
    ...createDetailLoaders((engine) => (readings.get(engine) as IndexReading).details),
    withTypedNames: (engine, rows) =>
      typedNames((indexes.get(engine) as ImageIndex).engine, rows, signal),
    registry: (engine, name) =>
      registries.ask((indexes.get(engine) as ImageIndex).engine, name, signal),
    staleEngines: () =>
      [...readings].flatMap(([name, reading]) => (reading.isStale() ? [name] : [])),
    async sharedSize(image) {
      return (await sharedSizes.load(image.engine)).get(image.row.id) ?? null;
    },
    async statusText({ engine, row }) {
      const texts = await statusTexts.load(engine).catch(() => null);
      return texts?.get(row.id) ?? row.statusText;
    },
  };
}

async function typedNames(
  engine: Engine,
  rows: readonly ContainerRow[],
  signal: AbortSignal,
): Promise<readonly ContainerRow[]> {
  const limit = pLimit(PARALLEL_NAMES);
  return Promise.all(
    rows.map(async (row) => {
      if (!isDigest(row.imageReference)) return row;
      const typed = await limit(() => engine.imageNameOf(row.id, signal));
      return typed === null ? row : { ...row, imageReference: typed };
    }),
  );
}

function createEngineReads<Value>(read: (engine: string) => Promise<Value>): EngineReads<Value> {
  /** Each engine settles for itself: one that fails takes its own keys only. */
  const loader = new DataLoader<string, Value>(async (names) => {
    const settled = await Promise.allSettled(names.map(read));
    return settled.map((result) =>
      result.status === 'fulfilled' ? result.value : (result.reason as Error),
    );
  });
  const started = new Map<string, Promise<Value>>();
  const known = new Map<string, Value>();
  const load = (engine: string): Promise<Value> => {
    const before = started.get(engine);
    if (before !== undefined) return before;
    const promise = loader.load(engine);
    started.set(engine, promise);
    promise.then(
      (value) => known.set(engine, value),
      () => {},
    );
    return promise;
  };
  return { load, get: (engine) => known.get(engine) ?? load(engine) };
}
