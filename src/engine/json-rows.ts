import { getHeapStatistics } from 'node:v8';
import { isTurnOver, turn } from '../turns.ts';
import { EngineError } from './engine-error.ts';
import type { Remember } from './row-memory.ts';
import { createRowSplitter } from './row-splitter.ts';

/** The most rows of one list, those that are left out too: several times what any engine has. */
const MAX_ROWS = 250_000;
/**
 * What a list may weigh in bytes, of which each string has some besides its text: the new list stands beside the former
 * one, and others beside both. 10,000 images with manifests weigh 70 MB, 256 MB of heap let them in.
 */
const MAX_LIST_WEIGHT = 0.3 * getHeapStatistics().heap_size_limit;
const STRING_WEIGHT = 16;

/**
 * Reads a JSON array of objects row by row as its bytes arrive, so that the list of a big store (10,000
 * images with manifests are some 40 MB) is never held as one string nor parsed in one stall of the event
 * loop.
 * @param toRow maps one parsed object; null leaves the row out
 * @param remember finds a row whose bytes were mapped before
 * @throws EngineError ENGINE_BAD_RESPONSE for anything but a complete array of objects, RESPONSE_TOO_LARGE
 */
export async function readRows<Row>(
  body: AsyncIterable<Uint8Array>,
  engine: string,
  toRow: (json: Record<string, unknown>) => Row | null,
  remember: Remember<Row> = (_bytes, make) => make(),
): Promise<Row[]> {
  const rows: Row[] = [];
  const weigh = createScales(engine);
  const splitter = createRowSplitter(engine, (bytes, strings) => {
    weigh(bytes.length + strings * STRING_WEIGHT);
    const row = remember(bytes, () => toRow(parseRow(bytes, engine)));
    if (row !== null) rows.push(row);
  });
  for await (const chunk of body) {
    splitter.push(chunk);
    // A fast engine sends as fast as it is read.
    if (isTurnOver()) await turn();
  }
  splitter.end();
  return rows;
}

/** Adds up the rows of one list. @throws EngineError RESPONSE_TOO_LARGE */
function createScales(engine: string): (weight: number) => void {
  let rows = 0;
  let sum = 0;
  return (weight) => {
    rows++;
    sum += weight;
    if (rows <= MAX_ROWS && sum <= MAX_LIST_WEIGHT) return;
    const detail = rows > MAX_ROWS ? `a list exceeds ${MAX_ROWS} rows` : TOO_HEAVY;
    throw new EngineError('RESPONSE_TOO_LARGE', engine, detail);
  };
}

const TOO_HEAVY = 'a list is too much for the memory of this process; give it more';

function parseRow(bytes: Buffer, engine: string): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'a row of a list is not JSON', cause);
  }
}

/** readRows as what reads the answer of a call. */
export function rowReader<Row>(
  toRow: (json: Record<string, unknown>) => Row | null,
  remember?: Remember<Row>,
) {
  return (body: AsyncIterable<Uint8Array>, engine: string) =>
    readRows(body, engine, toRow, remember);
}
