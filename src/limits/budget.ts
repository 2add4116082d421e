import { PublicError } from '../errors.ts';
import { beyond, type Limits } from './limits.ts';

/** More than a page has where some fields of every row fail. Each error takes kilobytes and far longer than a row. */
const MAX_FAILED = 10_000;
const FAILED = `More than ${MAX_FAILED} fields would fail. Ask for less at once.`;

/** What answering one operation may come to, counted while it is answered. */
export interface Budget {
  /** Aborted with what ends an answer that comes to too much: nothing more of it is worth its while. */
  readonly excess: AbortSignal;
  /** Counts rows of the answer. @throws PublicError QUERY_TOO_COMPLEX */
  spend(rows: number): void;
  /**
   * Counts what is looked at to find them, before it is: things, with each condition that they are held against.
   * @throws PublicError QUERY_TOO_COMPLEX
   */
  examine(things: number): void;
  /**
   * Counts a list that is looked at; one that is kept counts once.
   * @param each what was looked at to find one item
   * @throws PublicError QUERY_TOO_COMPLEX
   */
  examineList(list: readonly unknown[], each?: number): void;
  /** Counts fields that fail, each of which would have an error. @throws PublicError QUERY_TOO_COMPLEX */
  failed(fields: number): void;
  /** What was too much, of all that is counted here; null while nothing is. */
  tooComplex(): PublicError | null;
  /** Ends it for what is counted elsewhere: the length of the answer. */
  giveUp(error: PublicError): void;
  /** Counts from nothing again. */
  startOver(): void;
}

/** @param limits of which rows and examined are watched */
export function createBudget(limits: Limits): Budget {
  const excess = new AbortController();
  const most = { rows: limits.rows, examined: limits.examined, failed: MAX_FAILED };
  let spent = { rows: 0, examined: 0, failed: 0 };
  let examined = new WeakSet<readonly unknown[]>();
  let tooComplex: PublicError | null = null;
  function count(name: keyof typeof most, more: number): void {
    spent[name] += more;
    if (tooComplex === null && spent[name] <= most[name]) return;
    // One error for all fields that are too much: a stack for each of 100,000 takes longer than the rows.
    tooComplex ??=
      name === 'failed' ? new PublicError('QUERY_TOO_COMPLEX', FAILED) : beyond(name, limits);
    excess.abort(tooComplex);
    throw tooComplex;
  }
  return {
    excess: excess.signal,
    spend: (rows) => count('rows', rows),
    examine: (things) => count('examined', things),
    examineList(list, each = 1) {
      if (examined.has(list)) return;
      examined.add(list);
      count('examined', list.length * each);
    },
    failed: (fields) => count('failed', fields),
    tooComplex: () => tooComplex,
    giveUp: (error) => excess.abort(error),
    startOver() {
      spent = { rows: 0, examined: 0, failed: 0 };
      examined = new WeakSet();
      tooComplex = null;
    },
  };
}
