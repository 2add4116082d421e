import type { ImageRow, ManifestRow } from '../../engine/image-row.ts';
import { isSameRow, referenceKey } from '../row-identity.ts';
import { createDisputes } from './disputes.ts';
import { createReadTable } from './read-table.ts';

/** What a change of one image makes doubtful about others. */
export interface Consequences {
  /** IDs of images to read again. */
  readonly images: ReadonlySet<string>;
  /** IDs of images whose names changed: engines print them in their containers. */
  readonly renamed: ReadonlySet<string>;
}

/** The images of an engine as they were read, with who owns which name. One owner for each, always. */
export interface ImageTable {
  get(id: string): ImageRow | null;
  /** As ReadTable.readAt. */
  readAt(id: string): number | null;
  readonly size: number;
  values(): IterableIterator<ImageRow>;
  /** The ID of the image that has a name, by its canonical spelling. */
  ownerOf(key: string): string | null;
  /** Null when a later read has said otherwise. */
  put(row: ImageRow, sentAt: number): Consequences | null;
  remove(id: string, sentAt: number): Consequences | null;
  /** @param mayAsk whether images that it makes doubtful can be asked by themselves */
  replaceAll(
    rows: readonly ImageRow[],
    sentAt: number,
    mayAsk?: boolean,
  ): Consequences & { readonly changed: ReadonlySet<string> };
  /** As ReadTable.takeChanged. */
  takeChanged(): ReadonlySet<string>;
  clear(): void;
}

/**
 * An empty table.
 * @param heard how many events were heard so far
 */
export function createImageTable(heard: () => number = () => 0): ImageTable {
  const table = createReadTable<ImageRow>(isSameRow);
  const disputes = createDisputes(heard);
  let owners = new Map<string, string>();
  let holders: Map<string, Set<string>> | null = null;

  /** Images that hold a manifest, by its digest; made when first asked for after a list. */
  function holdersOf(digest: string): ReadonlySet<string> {
    if (holders === null) {
      holders = new Map();
      for (const row of table.values()) hold(holders, row);
    }
    return holders.get(digest) ?? NOBODY;
  }

  /** The one of two images of which less is known by now; null when both are from one list. */
  function readEarlier(one: string, other: string): string | null {
    const [at, otherAt] = [table.readAt(one) ?? -1, table.readAt(other) ?? -1];
    if (at === otherAt) return null;
    return at < otherAt ? one : other;
  }

  /** Names go to the image that was read last; the other is not shown with them, and has to be asked. */
  function takeNames(row: ImageRow, doubtful: Set<string>, lost: Losses): void {
    for (const tag of row.tags) {
      const key = referenceKey(tag);
      const former = owners.get(key);
      if (former === undefined || former === row.id) {
        owners.set(key, row.id);
        continue;
      }
      const earlier = readEarlier(former, row.id);
      const loser = earlier ?? former;
      lost.set(loser, (lost.get(loser) ?? new Set<string>()).add(key));
      if (earlier !== null && disputes.mayAsk(key)) doubtful.add(earlier);
      owners.set(key, loser === row.id ? former : row.id);
    }
  }

  /** All names of an image at once: two images may have thousands in common. */
  function loseNames(lost: Losses, renamed: Set<string>): void {
    for (const [id, keys] of lost) {
      renamed.add(id);
      const row = table.get(id);
      if (row === null) continue;
      const tags = row.tags.filter((tag) => !keys.has(referenceKey(tag)));
      table.put(id, { ...row, tags }, table.readAt(id) ?? 0);
    }
  }

  function dropNames(row: ImageRow): void {
    for (const tag of row.tags) {
      const key = referenceKey(tag);
      if (owners.get(key) === row.id) owners.delete(key);
    }
  }

  /** What one image knows of a manifest is true of all that hold it: whoever was read earlier is asked. */
  function sharers(row: ImageRow, doubtful: Set<string>): void {
    for (const manifest of row.manifests ?? []) {
      const earlier = [...holdersOf(manifest.digest)]
        .filter((id) => id !== row.id && !knowsAs(table.get(id), manifest))
        .map((id) => readEarlier(id, row.id))
        .filter((id) => id !== null);
      if (earlier.length === 0 || !disputes.mayAsk(manifest.digest)) continue;
      for (const id of earlier) doubtful.add(id);
    }
  }

  return {
    get: table.get,
    readAt: table.readAt,
    get size() {
      return table.size;
    },
    values: table.values,
    takeChanged: table.takeChanged,
    ownerOf: (key) => owners.get(key) ?? null,
    put(row, sentAt) {
      const before = table.get(row.id);
      if (!table.put(row.id, row, sentAt)) return null;
      const [images, renamed] = [new Set<string>(), new Set<string>()];
      const lost: Losses = new Map();
      if (before !== null) dropNames(before);
      takeNames(row, images, lost);
      loseNames(lost, renamed);
      if (before?.tags.join() !== row.tags.join()) renamed.add(row.id);
      if (row.parentId !== null && table.get(row.parentId) === null) images.add(row.parentId);
      sharers(row, images);
      if (holders !== null) hold(holders, row);
      return { images, renamed };
    },
    remove(id, sentAt) {
      const before = table.get(id);
      if (!table.remove(id, sentAt) || before === null) return null;
      dropNames(before);
      // What happened to its manifests before it went is seen in the images that share them.
      const shared = (before.manifests ?? []).flatMap(({ digest }) => [...holdersOf(digest)]);
      const images = new Set(shared.filter((other) => table.get(other) !== null));
      return { images, renamed: new Set([id]) };
    },
    replaceAll(rows, sentAt, mayAsk = true) {
      const images = new Set<string>();
      const found = mayAsk
        ? rows.map((row) => withKnownParent(row, table.get(row.id), images))
        : rows;
      const changed = table.replaceAll(new Map(found.map((row) => [row.id, row])), sentAt);
      const renamed = new Set(changed);
      const lost: Losses = new Map();
      owners = new Map();
      holders = null;
      // Rows that were read after the list was sent go last, so that they keep their names.
      const readAt = ({ id }: ImageRow): number => table.readAt(id) ?? 0;
      for (const row of [...table.values()].sort((a, b) => readAt(a) - readAt(b))) {
        takeNames(row, images, lost);
        if (readAt(row) > sentAt) sharers(row, images);
      }
      loseNames(lost, renamed);
      return { images, renamed, changed };
    },
    clear() {
      table.clear();
      owners = new Map();
      holders = null;
    },
  };
}

/**
 * The containerd store keeps the parent with one of an image's names; a list looks at one name only, where
 * an inspect looks at all of them (seen on 28.5). So a list that knows no parent does not deny one: the
 * image has to be asked.
 */
function withKnownParent(row: ImageRow, known: ImageRow | null, doubtful: Set<string>): ImageRow {
  if (row.descriptor === null || row.parentId !== null || known === null) return row;
  if (known.parentId === null) return row;
  doubtful.add(row.id);
  return { ...row, parentId: known.parentId };
}

/** Whether a row says the same of a manifest; also when it does not hold it. */
function knowsAs(row: ImageRow | null, { digest, available, totalSize }: ManifestRow): boolean {
  const own = row?.manifests?.find((manifest) => manifest.digest === digest);
  return own === undefined || (own.available === available && own.totalSize === totalSize);
}

/** Keys of the names that images have lost to others, by the ID of who lost them. */
type Losses = Map<string, Set<string>>;

const NOBODY: ReadonlySet<string> = new Set();

function hold(holders: Map<string, Set<string>>, row: ImageRow): void {
  for (const { digest } of row.manifests ?? []) {
    const known = holders.get(digest);
    if (known === undefined) holders.set(digest, new Set([row.id]));
    else known.add(row.id);
  }
}
