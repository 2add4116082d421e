import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerRow } from '../../engine/container-row.ts';
import type { Engine } from '../../engine/engine.ts';
import { ALL_CONTAINERS, type Marks } from './marks.ts';
import type { ReadTable } from './read-table.ts';
import { createSecondLook } from './second-look.ts';

/** IDs in one question: they go into the address, and engines take some 8 KiB of it. */
const MAX_IDS = 64;
const RETRY_MS = 500;

/** What is read into, and who is told of it. */
export interface ContainerReaderOptions {
  readonly engine: Engine;
  readonly marks: Marks;
  readonly table: ReadTable<ContainerRow>;
  /** What a read has shown is in the table, and its marks are gone. */
  readonly onRead: (all: boolean) => void;
  /** A container was found that an event had told of; `since` is that event. */
  readonly onNew: (row: ContainerRow, since: number) => void;
  /** Whether the image of a container was read after the container: it may be called otherwise now. */
  readonly isOutdated: (row: ContainerRow, sentAt: number) => boolean;
}

/** Reads marked containers, one question at a time. */
export interface ContainerReader {
  pump(): void;
  /** A full list that nobody waits for. */
  want(): void;
  reads(): number;
  close(): void;
}

/** Nothing is read before the first `pump`. */
export function createContainerReader(options: ContainerReaderOptions): ContainerReader {
  const { engine, marks, table, onRead } = options;
  const closing = new AbortController();
  /** IDs that are looked at once more, without anyone waiting for it. */
  const looks = new Set<string>();
  const secondLook = createSecondLook((id) => {
    looks.add(id);
    pump();
  });
  let isReading = false;
  let isWanted = false;
  let reads = 0;

  function pump(): void {
    if (isReading || closing.signal.aborted) return;
    const all = isWanted || marks.whole.has(ALL_CONTAINERS);
    if (!all && marks.containers.size + looks.size === 0) return;
    isReading = true;
    if (all) isWanted = false;
    const wasWanted = all && !marks.whole.has(ALL_CONTAINERS);
    void (all ? readAll() : readSome()).then(done, () => {
      isWanted ||= wasWanted;
      failed();
    });
  }

  async function readAll(): Promise<void> {
    const sentAt = marks.send();
    const rows = await engine.listContainers(closing.signal);
    const since = Math.min(marks.whole.since(ALL_CONTAINERS), sentAt);
    const fresh = rows.filter(({ id }) => table.get(id) === null);
    table.replaceAll(new Map(rows.map((row) => [row.id, row])), sentAt);
    marks.whole.clear(ALL_CONTAINERS, sentAt);
    marks.containers.clearAll(sentAt);
    for (const row of fresh) checkNames(row, sentAt, since);
    onRead(true);
  }

  async function readSome(): Promise<void> {
    const sentAt = marks.send();
    const marked = new Set([...marks.containers.keys()].slice(0, MAX_IDS));
    const ids = [...new Set([...marked, ...looks])].slice(0, MAX_IDS);
    for (const id of ids) looks.delete(id);
    const looked = ids.filter((id) => !marked.has(id));
    const rows = await engine.listContainers(closing.signal, ids).catch((error: unknown) => {
      for (const id of looked) looks.add(id);
      throw error;
    });
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const id of ids) {
      const row = found.get(id);
      const since = marks.containers.since(id);
      const isNew = table.get(id) === null;
      if (row === undefined) table.remove(id, sentAt);
      else table.put(id, row, sentAt);
      marks.containers.clear(id, sentAt);
      if (row === undefined) secondLook.stop(id);
      else if (marked.has(id)) secondLook.start(id);
      else secondLook.goOn(id);
      if (row === undefined || !isNew) continue;
      checkNames(row, sentAt, since);
      options.onNew(row, since);
    }
    reads += ids.length;
    onRead(false);
  }

  /** What happens to the image of a container that is not known yet marks nothing. */
  function checkNames(row: ContainerRow, sentAt: number, since: number): void {
    if (options.isOutdated(row, sentAt)) marks.containers.add(row.id, since);
  }

  function done(): void {
    isReading = false;
    pump();
  }

  function failed(): void {
    void sleep(RETRY_MS, undefined, { signal: closing.signal, ref: false }).then(done, () => {});
  }

  return {
    pump,
    want() {
      isWanted = true;
      pump();
    },
    reads: () => reads,
    close() {
      secondLook.close();
      closing.abort(new Error('the index is closed'));
    },
  };
}
