/**
 * Rows by ID, each from the latest read of it. Reads overlap and end in any order: a row gives way only to
 * one whose read was sent later, and one that was found gone does not come back by a read sent before.
 */
export interface ReadTable<Row> {
  get(id: string): Row | null;
  /** When the latest read of it was sent, also of one that was found gone. */
  readAt(id: string): number | null;
  values(): IterableIterator<Row>;
  readonly size: number;
  /** False when a later read has said otherwise. */
  put(id: string, row: Row, sentAt: number): boolean;
  /** False when it was not there, or a later read has said otherwise. */
  remove(id: string, sentAt: number): boolean;
  /** Everything there is, by a read sent at `sentAt`. @returns the IDs of rows that went, came or changed */
  replaceAll(rows: ReadonlyMap<string, Row>, sentAt: number): Set<string>;
  /** IDs of rows that came, went or changed since the last time that this was asked. */
  takeChanged(): ReadonlySet<string>;
  clear(): void;
}

/** @param isSame whether two rows say the same, so that the one known before is kept */
export function createReadTable<Row>(isSame: (a: Row, b: Row) => boolean): ReadTable<Row> {
  const rows = new Map<string, { row: Row; readAt: number }>();
  /** When things were found gone, until a full read that was sent later. */
  const gone = new Map<string, number>();
  let changes = new Set<string>();

  function put(id: string, row: Row, sentAt: number): boolean {
    const known = rows.get(id);
    if ((known?.readAt ?? -1) > sentAt || (gone.get(id) ?? -1) > sentAt) return false;
    gone.delete(id);
    const isKept = known !== undefined && isSame(known.row, row);
    rows.set(id, { row: isKept ? known.row : row, readAt: sentAt });
    if (!isKept) changes.add(id);
    return true;
  }

  function remove(id: string, sentAt: number): boolean {
    const known = rows.get(id);
    if ((known?.readAt ?? -1) > sentAt) return false;
    gone.set(id, Math.max(sentAt, gone.get(id) ?? -1));
    if (known !== undefined) changes.add(id);
    return rows.delete(id);
  }

  return {
    get: (id) => rows.get(id)?.row ?? null,
    readAt: (id) => rows.get(id)?.readAt ?? gone.get(id) ?? null,
    *values() {
      for (const { row } of rows.values()) yield row;
    },
    get size() {
      return rows.size;
    },
    put,
    remove,
    replaceAll(found, sentAt) {
      const changed = new Set<string>();
      for (const [id, row] of found) {
        const before = rows.get(id)?.row;
        if (put(id, row, sentAt) && rows.get(id)?.row !== before) changed.add(id);
      }
      for (const id of rows.keys()) {
        if (!found.has(id) && remove(id, sentAt)) changed.add(id);
      }
      for (const [id, at] of gone) if (at <= sentAt) gone.delete(id);
      return changed;
    },
    takeChanged() {
      const taken = changes;
      changes = new Set();
      return taken;
    },
    clear() {
      for (const id of rows.keys()) changes.add(id);
      rows.clear();
      gone.clear();
    },
  };
}
