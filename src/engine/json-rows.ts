import { isTurnOver, turn } from '../turns.ts';
import { EngineError } from './engine-error.ts';
import type { Remember } from './row-memory.ts';
import { createRowSplitter } from './row-splitter.ts';

/** The most rows of one list, those that are left out too: several times what any engine has, and no more than memory has room for. */
const MAX_ROWS = 250_000;

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
  let seen = 0;
  const splitter = createRowSplitter(engine, (bytes) => {
    if (++seen > MAX_ROWS) {
      throw new EngineError('RESPONSE_TOO_LARGE', engine, `a list exceeds ${MAX_ROWS} rows`);
    }
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
