import { PublicError } from './errors.ts';
import { beyond, type Limits } from './limits/limits.ts';

/** Items of a page when neither first nor last is given. */
const DEFAULT_PAGE_SIZE = 50;
/** Longer than any cursor that was ever given out: names have at most 255 characters. */
const MAX_CURSOR_LENGTH = 4_096;

type KeyPart = string | number | null;

/** The place of an item in a sorted list: its sort values, ending in one that no other item has. */
export type Key = readonly KeyPart[];

/** What a part of a key holds, and which way it is sorted. Nulls come last in both. */
export interface SortedPart {
  readonly type: 'string' | 'number';
  readonly nullable: boolean;
  readonly descending: boolean;
}

/** A text that every item has, from A to Z. */
export const ASCENDING_TEXT: SortedPart = { type: 'string', nullable: false, descending: false };

/** How a list is sorted, by each part of its keys. */
export interface Ordering {
  /** Tells cursors of different orderings apart. */
  readonly name: string;
  readonly parts: readonly SortedPart[];
}

/** The arguments of a connection; null and undefined both mean not given. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** A part of a list, with what is before and after it. */
export interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly cursorOf: (item: Item) => string;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Negative when a comes before b; nulls come last in either direction. */
export function compareKeys(a: Key, b: Key, { parts }: Ordering): number {
  for (let at = 0; at < a.length; at++) {
    const order = compareParts(a[at] ?? null, b[at] ?? null, parts[at]?.descending === true);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(a: KeyPart, b: KeyPart, descending: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return (a < b ? -1 : 1) * (descending ? -1 : 1);
}

/**
 * One page of a sorted list by keyset: a cursor holds the key of its item, so a page goes on at the same
 * place when items have come or gone, the cursor's own included.
 * @throws PublicError PAGE_SIZE_OUT_OF_RANGE, BAD_USER_INPUT for a cursor of another list or ordering
 */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
  ordering: Ordering,
  args: PageArgs,
  limits: Limits,
): Page<Item> {
  const size = pageSize(args, limits);
  const after = args.after == null ? null : decodeCursor(args.after, ordering);
  const before = args.before == null ? null : decodeCursor(args.before, ordering);
  let start = after === null ? 0 : countUpTo(items, keyOf, ordering, after, true);
  let end = before === null ? items.length : countUpTo(items, keyOf, ordering, before, false);
  if (args.last == null) end = Math.min(end, start + size);
  else start = Math.max(start, end - size);
  return {
    nodes: items.slice(start, end),
    cursorOf: (item) => encodeCursor(keyOf(item), ordering),
    hasNextPage: end < items.length,
    hasPreviousPage: start > 0,
  };
}

/**
 * Refuses arguments that no page can be made of, so that nothing is read for them.
 * @throws PublicError PAGE_SIZE_OUT_OF_RANGE, BAD_USER_INPUT
 */
export function checkPageArgs(ordering: Ordering, args: PageArgs, limits: Limits): void {
  pageSize(args, limits);
  for (const cursor of [args.after, args.before])
    if (cursor != null) decodeCursor(cursor, ordering);
}

/** How many items a page is to have. @throws PublicError PAGE_SIZE_OUT_OF_RANGE */
export function pageSize({ first, last }: PageArgs, limits: Limits): number {
  if (first != null && last != null) throw beyond('page', limits);
  const size = first ?? last ?? Math.min(DEFAULT_PAGE_SIZE, limits.page);
  if (size < 1 || size > limits.page) throw beyond('page', limits);
  return size;
}

/** How many items come before a key, or up to and including it: a binary search. */
function countUpTo<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
  ordering: Ordering,
  key: Key,
  including: boolean,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareKeys(keyOf(items[middle] as Item), key, ordering);
    if (order < 0 || (including && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function encodeCursor(key: Key, ordering: Ordering): string {
  return Buffer.from(JSON.stringify([ordering.name, ...key])).toString('base64url');
}

/** Takes only what encodeCursor gives: a key that no item can have would be compared wrongly. */
function decodeCursor(cursor: string, ordering: Ordering): Key {
  const [, ...key] = parseCursor(cursor);
  if (isKeyOf(ordering, key) && encodeCursor(key, ordering) === cursor) return key;
  throw new PublicError('BAD_USER_INPUT', 'The cursor does not belong to this list and ordering.');
}

function isKeyOf({ parts }: Ordering, key: readonly unknown[]): key is Key {
  const fits = ({ type, nullable }: SortedPart, part: unknown) =>
    part === null ? nullable : typeof part === type;
  return key.length === parts.length && parts.every((part, at) => fits(part, key[at]));
}

function parseCursor(cursor: string): readonly unknown[] {
  if (cursor.length > MAX_CURSOR_LENGTH) return [];
  try {
    const json: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(json) ? json : [];
  } catch {
    return [];
  }
}
