import { EngineError } from '../../src/engine/engine-error.ts';
import type { ContainerRow } from '../../src/engine/container-row.ts';
import type { Engine, EngineStatus } from '../../src/engine/engine.ts';
import type { ImageAction } from '../../src/engine/engine-event.ts';
import type { EngineFacts } from '../../src/engine/engine-facts.ts';
import type { ImageRow } from '../../src/engine/image-row.ts';
import { compareAge } from '../../src/engine/row-order.ts';
import { referenceKey } from '../../src/image-index/row-identity.ts';
import { createScriptedReads, type ScriptedReads } from './scripted-reads.ts';
import { CONTAINERD } from './scripted-rows.ts';
import { createScriptedStream, type ScriptedStream } from './scripted-stream.ts';

/** An engine in memory that does what a test says, when it says so. */
export interface ScriptedEngine {
  readonly engine: Engine;
  /** Changed by a test; nothing is announced by that. */
  readonly images: Map<string, ImageRow>;
  readonly containers: Map<string, ContainerRow>;
  readonly sharedSizes: Map<string, number | null>;
  /** What the lists say of an image where an inspect says something else. */
  readonly listedAs: Map<string, ImageRow>;
  /** Another engineId is another engine at the same address. */
  facts: EngineFacts;
  status: EngineStatus;
  readonly reads: ScriptedReads;
  readonly events: ScriptedStream;
  put(...rows: (ImageRow | ContainerRow)[]): void;
  announceImage(action: ImageAction, imageId: string | null, reference?: string | null): void;
  announceContainer(action: string, row: ContainerRow): void;
  readonly isClosed: boolean;
}

export function createScriptedEngine({ name = 'e', remembered = 256 } = {}): ScriptedEngine {
  const reads = createScriptedReads(name);
  const events = createScriptedStream(name, remembered);
  const images = new Map<string, ImageRow>();
  const containers = new Map<string, ContainerRow>();
  let isClosed = false;
  const scripted: ScriptedEngine = {
    engine: {
      ...createReadVerbs(() => scripted),
      name,
      status: () => scripted.status,
      circuit: () => (scripted.status === 'READY' ? 'CLOSED' : 'OPEN'),
      ready: async () => readyFacts(scripted),
      facts: async () => (scripted.status === 'READY' ? scripted.facts : null),
      greetAgain: () =>
        scripted.reads.read('greetAgain', '', NEVER, () =>
          scripted.status === 'READY' ? scripted.facts : null,
        ),
      async watchEvents(watch, signal) {
        await reads.read('watchEvents', String(watch.since), signal, () => readyFacts(scripted));
        return events.watch(watch, signal);
      },
      close: () => void (isClosed = true),
    },
    images,
    containers,
    sharedSizes: new Map(),
    listedAs: new Map(),
    facts: CONTAINERD,
    status: 'READY',
    reads,
    events,
    put(...rows) {
      for (const row of rows) {
        if ('tags' in row) images.set(row.id, row);
        else containers.set(row.id, row);
      }
    },
    announceImage: (action, imageId, reference = null) =>
      void events.announce({ type: 'IMAGE', action, imageId, reference }),
    announceContainer: (action, { id, imageReference }) =>
      void events.announce({ type: 'CONTAINER', action, containerId: id, imageReference }),
    get isClosed() {
      return isClosed;
    },
  };
  return scripted;
}

const NEVER = new AbortController().signal;

function readyFacts({ status, facts, engine }: ScriptedEngine): EngineFacts {
  if (status === 'READY') return facts;
  throw new EngineError('ENGINE_UNAVAILABLE', engine.name, 'scripted');
}

type ReadVerbs = Pick<
  Engine,
  | 'listImages'
  | 'listContainers'
  | 'readImage'
  | 'inspectImage'
  | 'imageHistory'
  | 'imageNameOf'
  | 'askRegistry'
  | 'attestations'
  | 'diskUsage'
  | 'sharedSizes'
  | 'countImages'
>;

function createReadVerbs(scripted: () => ScriptedEngine): ReadVerbs {
  /** An engine that is away fails each read, whatever it was going to say. */
  const read = async <Answer>(
    verb: Parameters<ScriptedReads['read']>[0],
    key: string,
    signal: AbortSignal,
    answer: (engine: ScriptedEngine) => Answer,
  ): Promise<Answer> => {
    const engine = scripted();
    return engine.reads.read(verb, key, signal, () => {
      readyFacts(engine);
      return answer(engine);
    });
  };
  return {
    listImages: (signal) =>
      read('listImages', '', signal, ({ images, listedAs }) =>
        [...images.values()].map((row) => listedAs.get(row.id) ?? row).sort(compareAge),
      ),
    listContainers: (signal, ids) =>
      ids === undefined
        ? read('listContainers', '', signal, ({ containers }) => sorted(containers.values()))
        : read('readContainers', ids.join(), signal, ({ containers }) =>
            sorted(ids.map((id) => containers.get(id)).filter((row) => row !== undefined)),
          ),
    readImage: (reference, signal) =>
      read('readImage', reference, signal, ({ images }) => findImage(images, reference)),
    inspectImage: () => Promise.resolve(null),
    imageHistory: () => Promise.resolve(null),
    imageNameOf: () => Promise.resolve(null),
    askRegistry: () => Promise.resolve(null),
    attestations: () => Promise.resolve(null),
    diskUsage: () =>
      Promise.resolve({ totalSize: null, reclaimableSize: null, hasBuildCache: null }),
    sharedSizes: (signal) =>
      read('sharedSizes', '', signal, ({ sharedSizes }) => new Map(sharedSizes)),
    countImages: (signal) => read('countImages', '', signal, ({ images }) => images.size),
  };
}

function sorted(rows: Iterable<ContainerRow>): readonly ContainerRow[] {
  return [...rows].sort(compareAge);
}

/** By ID, or by the canonical spelling of one of its names. */
function findImage(images: ReadonlyMap<string, ImageRow>, reference: string): ImageRow | null {
  const named = [...images.values()].find(({ tags }) =>
    tags.some((tag) => referenceKey(tag) === reference),
  );
  return images.get(reference) ?? named ?? null;
}
