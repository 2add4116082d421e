import type { ContainerRow } from '../../engine/container-row.ts';
import type { ImageRow } from '../../engine/image-row.ts';
import { compareAge } from '../../engine/row-order.ts';
import { createImageView, type ImageView } from '../image-view.ts';
import type { ImageTable } from './image-table.ts';
import type { Marks } from './marks.ts';
import type { ReadTable } from './read-table.ts';

/** What the index says at one moment. Immutable. */
export interface Snapshot {
  readonly view: ImageView;
  /** Newest first. */
  readonly containers: readonly ContainerRow[];
  /** Grows with every snapshot. */
  readonly generation: number;
  /** Grows with every snapshot in which an image or manifest changed. */
  readonly contentGeneration: number;
}

/** How long changes may wait for others that are being read, in milliseconds. */
const PUBLISH_MS = 20;

/** Turns what was read into snapshots, and lets those go on who waited for one. */
export interface Publisher {
  /** Null until there was a full list of this engine. */
  snapshot(): Snapshot | null;
  /** What was read is complete from now on; until then nothing is published. */
  start(): void;
  /** Another engine: nothing that was read holds. */
  reset(): void;
  /** Something may have changed or settled. */
  touch(): void;
  /** The last event that the snapshot shows, with all before it. */
  asOf(): number;
  /** Whether the snapshot shows everything that was heard of. */
  isSettled(): boolean;
}

/** What snapshots are made of, and who is told of them. */
export interface PublisherOptions {
  readonly engine: string;
  readonly marks: Marks;
  readonly images: ImageTable;
  readonly containers: ReadTable<ContainerRow>;
  /** Told of each snapshot. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** A new snapshot is there, or the present one shows more than before. */
  readonly onSettled: () => void;
}

/** Publishes nothing before `start`. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { marks } = options;
  let snapshot: Snapshot | null = null;
  let latest: Snapshot | null = null;
  let isComplete = false;
  /** As of the last publication: what the snapshot shows while there are changes that it does not. */
  let shownAsOf = 0;
  let timer: NodeJS.Timeout | null = null;

  function publish(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    snapshot = latest = nextSnapshot(latest, options);
    shownAsOf = marks.asOf();
    options.onSnapshot(snapshot);
    options.onSettled();
  }

  return {
    snapshot: () => snapshot,
    start() {
      isComplete = true;
    },
    reset() {
      isComplete = false;
      snapshot = null;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
    touch() {
      if (!isComplete) return;
      if (marks.asOf() >= marks.seq) publish();
      else timer ??= setTimeout(publish, PUBLISH_MS);
    },
    asOf: () => (timer === null ? marks.asOf() : shownAsOf),
    isSettled: () => isComplete && timer === null && marks.asOf() >= marks.seq,
  };
}

/** The same snapshot when nothing has changed. */
function nextSnapshot(
  last: Snapshot | null,
  { engine, images, containers }: PublisherOptions,
): Snapshot {
  const changedImages = images.takeChanged();
  const changedContainers = containers.takeChanged();
  const isSame = changedImages.size + changedContainers.size === 0;
  if (last !== null && isSame) return last;
  const isContentNew = last === null || changedImages.size > 0;
  const rows = merge(last?.view.rows ?? [], changedImages, images.get);
  return {
    view: isContentNew ? createImageView(engine, rows) : last.view,
    containers: merge(last?.containers ?? [], changedContainers, containers.get),
    generation: (last?.generation ?? 0) + 1,
    contentGeneration: (last?.contentGeneration ?? 0) + (isContentNew ? 1 : 0),
  };
}

/** A sorted list with some of its rows replaced: no sort of all for a change of one. */
function merge<Row extends ImageRow | ContainerRow>(
  rows: readonly Row[],
  changed: ReadonlySet<string>,
  get: (id: string) => Row | null,
): readonly Row[] {
  if (changed.size === 0) return rows;
  const fresh = [...changed].map(get).filter((row) => row !== null);
  fresh.sort(compareAge);
  const merged: Row[] = [];
  let next = 0;
  for (const row of rows) {
    if (changed.has(row.id)) continue;
    for (; next < fresh.length && compareAge(fresh[next] as Row, row) < 0; next++) {
      merged.push(fresh[next] as Row);
    }
    merged.push(row);
  }
  return merged.concat(fresh.slice(next));
}
