import DataLoader from 'dataloader';
import { createBulkhead } from '../engine/bulkhead.ts';
import type { ContainerRow } from '../engine/container-row.ts';
import type { DiskUsage } from '../engine/engine.ts';
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
  /** Ends all work on what was read: nobody wants its answer, it comes to too much, or its time is up. */
  readonly signal: AbortSignal;
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
  /** A container with the reference that it was made from, where a list has an ID instead: one call then. */
  withTypedName(container: Container): Promise<ContainerRow>;
  /** What a registry has under a name, asked through this engine. @throws EngineError */
  registry(engine: string, name: ParsedName): Promise<RegistryAnswer>;
  /** Whether nothing was left out that may be known when it is asked for again. */
  isCertain(): boolean;
  /**
   * What a field finds, found once for all parents of which it finds the same: each of a thousand images may ask its
   * engine the same thing. @param field its node in the document, which has the same arguments wherever it is executed
   * @param of what the answer depends on beside them
   */
  once<Found>(field: object, of: string, find: () => Promise<Found>): Promise<Found>;
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

/**
 * @param reads ends the reads when the operation's time is up or its client has left
 * @param signal see Loaders
 */
export function createLoaders(
  indexes: ReadonlyMap<string, ImageIndex>,
  registries: Registries,
  reads: AbortSignal,
  signal: AbortSignal,
): Loaders {
  const readings = new Map([...indexes].map(([name, index]) => [name, index.read(reads)]));
  const perEngine = <Value>(read: (reading: IndexReading, name: string) => Promise<Value>) =>
    createEngineReads((name) => read(readings.get(name) as IndexReading, name));
  let isCertain = true;
  const images = perEngine((reading) => reading.images());
  const sharedSizes = perEngine((reading) => reading.sharedSizes());
  const statusTexts = perEngine((reading) => reading.statusTexts());
  const typedNames = createTypedNames(({ engine, row }) =>
    (indexes.get(engine) as ImageIndex).engine.imageNameOf(row.id, reads),
  );
  return {
    signal,
    images,
    containers: perEngine(async (reading, name) => {
      const read = [images.load(name), reading.containers()] as const;
      return joinContainers(...(await Promise.all(read)));
    }),
    sharedSizes,
    diskUsage: perEngine((reading) => reading.diskUsage()),
    layers: perEngine(async ({ details }, name) => {
      const layers = await details.layers(await images.load(name));
      isCertain &&= layers.isComplete;
      return layers;
    }),
    once: createOnce(),
    isCertain: () => isCertain,
    ...createDetailLoaders((engine) => (readings.get(engine) as IndexReading).details),
    withTypedName: (container) => typedNames.load(container),
    registry: (engine, name) =>
      registries.ask((indexes.get(engine) as ImageIndex).engine, name, reads),
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

/** Only where a list shows an ID: the name has moved on, or the container was made from the ID. */
function createTypedNames(
  ask: (container: Container) => Promise<string | null>,
): DataLoader<Container, ContainerRow> {
  const questions = createBulkhead(PARALLEL_NAMES);
  return new DataLoader(async (containers) => {
    const settled = await Promise.allSettled(
      containers.map(async (container) => {
        const { row } = container;
        if (!isDigest(row.imageReference)) return row;
        const typed = await questions.run(() => ask(container));
        return typed === null ? row : { ...row, imageReference: typed };
      }),
    );
    return settled.map((result) =>
      result.status === 'fulfilled' ? result.value : (result.reason as Error),
    );
  });
}

function createOnce(): Loaders['once'] {
  const found = new Map<object, Map<string, Promise<unknown>>>();
  return <Found>(field: object, of: string, find: () => Promise<Found>) => {
    const ofField = found.get(field) ?? new Map<string, Promise<unknown>>();
    found.set(field, ofField);
    const known = ofField.get(of) ?? find();
    ofField.set(of, known);
    return known as Promise<Found>;
  };
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
