import type { EngineError } from '../../engine/engine-error.ts';
import type { ContainerRow } from '../../engine/container-row.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineFacts } from '../../engine/engine-facts.ts';
import type { ImageRow } from '../../engine/image-row.ts';
import { isTooBig } from './bounds.ts';
import { createCalibration } from './calibration.ts';
import { createContainerReader } from './container-reader.ts';
import { markNamed } from './event-marks.ts';
import { createImageReader } from './image-reader.ts';
import type { ImageTable } from './image-table.ts';
import { createListReader } from './list-reader.ts';
import { ALL_CONTAINERS, ALL_IMAGES, type Marks } from './marks.ts';
import type { ReadTable } from './read-table.ts';
import { createSameEngine } from './same-engine.ts';

/** Reads what is marked, and puts what it found into the tables. */
export interface CatchUp {
  /** Looks for something to read. Never waits. */
  pump(): void;
  /** Lists everything, without anyone waiting for it. */
  reconcile(): void;
  /** Whether single images can be read: otherwise only lists tell of them. */
  canReadOne(): boolean;
  /** Another engine. */
  start(facts: EngineFacts): void;
  /** How long the last list of images took, in milliseconds. */
  lastListMs(): number;
  targetedReads(): number;
  close(): void;
}

/** What is read into, and who is told of it. */
export interface CatchUpOptions {
  readonly engine: Engine;
  readonly marks: Marks;
  readonly images: ImageTable;
  readonly containers: ReadTable<ContainerRow>;
  /** Something was read and its marks are gone. */
  readonly onRead: () => void;
  /** A list of all images has ended. @param isDue false for one that nobody waited for */
  readonly onList: (isDue: boolean, changed: ReadonlySet<string>) => void;
  /** A list has more than is kept in memory; nothing of it was put into the tables. */
  readonly onTooBig: () => void;
  readonly onContainers: () => void;
  readonly onFailure: (error: EngineError) => void;
}

/** Puts the readers of one engine together. Nothing is read before the first `pump`. */
export function createCatchUp(options: CatchUpOptions): CatchUp {
  const { marks, images, containers, onRead } = options;
  const { engine, change } = createSameEngine(options.engine);
  const closing = new AbortController();
  let hasListed = false;
  const calibration = createCalibration(engine, closing.signal, () => pump());
  const lists = createListReader({ engine, marks, onList, onFailure: options.onFailure });
  const imageReader = createImageReader({
    engine,
    marks,
    table: images,
    isAllowed: calibration.isTrusted,
    listMs: lists.lastMs,
    onRead,
    onRenamed,
  });
  const containerReader = createContainerReader({
    engine,
    marks,
    table: containers,
    onNew: onNewContainer,
    isOutdated: ({ imageId }, sentAt) =>
      imageId !== null && (images.readAt(imageId) ?? -1) > sentAt,
    onRead(all) {
      if (all) options.onContainers();
      onRead();
    },
  });

  function pump(): void {
    imageReader.pump();
    lists.pump();
    containerReader.pump();
  }

  /** Engines print the names of an image in its containers, and nothing announces that these changed. */
  function onRenamed(ids: ReadonlySet<string>, since: number): void {
    if (ids.size === 0) return;
    for (const { id, imageId } of containers.values()) {
      if (imageId !== null && ids.has(imageId)) marks.containers.add(id, since);
    }
  }

  /** The containerd store unpacks a manifest for its first container, and the size of the image grows. */
  function onNewContainer({ imageId, manifestDigest }: ContainerRow, since: number): void {
    if (imageId === null || !calibration.isPossible()) return;
    const manifests = images.get(imageId)?.manifests ?? [];
    const known = manifests.find(({ digest }) => digest === manifestDigest);
    if ((known?.unpackedSize ?? 0) === 0) marks.images.add(imageId, since);
  }

  function onList(rows: readonly ImageRow[], sentAt: number): void {
    if (isTooBig(rows)) return options.onTooBig();
    const isDue = marks.whole.has(ALL_IMAGES);
    const since = Math.min(marks.whole.since(ALL_IMAGES), sentAt);
    const { changed, images: doubtful } = images.replaceAll(
      rows,
      sentAt,
      calibration.isTrusted() !== false,
    );
    marks.whole.clear(ALL_IMAGES, sentAt);
    marks.images.clearAll(sentAt);
    marks.deleted.clear();
    // Where only lists are trusted, another one would leave the same in doubt.
    if (calibration.isTrusted() !== false) {
      for (const id of doubtful) marks.images.add(id, since);
      for (const row of rows) markNamed(marks, row, sentAt);
    }
    // The first list changes everything, and the containers were read with it.
    if (hasListed) onRenamed(changed, since);
    hasListed = true;
    calibration.compare(rows, (row) => images.get(row.id) === row && !marks.images.has(row.id));
    options.onList(isDue, changed);
    onRead();
  }

  return {
    pump,
    reconcile() {
      lists.want();
      containerReader.want();
    },
    canReadOne: calibration.isPossible,
    start(facts) {
      hasListed = false;
      change();
      calibration.start(facts);
    },
    lastListMs: lists.lastMs,
    targetedReads: () => imageReader.reads() + containerReader.reads(),
    close() {
      closing.abort(new Error('the index is closed'));
      for (const part of [lists, imageReader, containerReader]) part.close();
    },
  };
}

/** Everything has to be read: there may have been changes that nothing told of. */
export function markEverything(marks: Marks): void {
  marks.whole.add(ALL_IMAGES);
  marks.whole.add(ALL_CONTAINERS);
}
