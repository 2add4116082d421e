import { hash } from 'node:crypto';

/** The row that some bytes were mapped to before, or else what is made of them now. */
export type Remember<Row> = (bytes: Buffer, make: () => Row | null) => Row | null;

/** The rows of the last complete list. */
export interface RowMemory<Row> {
  /** Reads a list; rows whose bytes are those of the last list are the same objects as there. */
  during<Result>(read: (remember: Remember<Row>) => Promise<Result>): Promise<Result>;
}

/**
 * Between two lists of an engine hardly a row changes: the others are neither parsed nor mapped again, and
 * no second copy of them waits to be collected. Rows are known by a hash, so that none of their bytes is kept.
 */
export function createRowMemory<Row>(): RowMemory<Row> {
  let known = new Map<string, Row | null>();
  return {
    async during(read) {
      const found = new Map<string, Row | null>();
      const result = await read((bytes, make) => {
        const key = hash('sha256', bytes, 'base64');
        const row = known.has(key) ? (known.get(key) as Row | null) : make();
        found.set(key, row);
        return row;
      });
      // What a list that failed did not get to is not forgotten.
      known = found;
      return result;
    },
  };
}
