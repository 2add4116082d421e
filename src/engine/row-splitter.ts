import { EngineError } from './engine-error.ts';

/** The largest single row that is accepted, in bytes: an image with thousands of labels fits. */
const MAX_ROW_BYTES = 4 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

type Expecting = 'array' | 'first row' | 'row' | 'separator' | 'nothing';

/** Finds the rows of a JSON array in a sequence of chunks; bytes outside strings are all ASCII. */
export function createRowSplitter(engine: string, onRow: (bytes: Buffer, strings: number) => void) {
  let expecting: Expecting = 'array';
  let depth = 0;
  let inString = false;
  let escaped = false;
  let parts: Uint8Array[] = [];
  let partBytes = 0;
  let strings = 0;

  const bad = (detail: string) => new EngineError('ENGINE_BAD_RESPONSE', engine, detail);

  /** Handles one byte between rows. */
  function between(byte: number): void {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return;
    if (expecting === 'array' && byte === OPEN_BRACKET) expecting = 'first row';
    else if ((expecting === 'first row' || expecting === 'row') && byte === OPEN_BRACE) depth = 1;
    else if (expecting === 'separator' && byte === COMMA) expecting = 'row';
    else if ((expecting === 'first row' || expecting === 'separator') && byte === CLOSE_BRACKET) {
      expecting = 'nothing';
    } else throw bad('the answer is no JSON array of objects');
  }

  function keep(part: Uint8Array): void {
    partBytes += part.length;
    if (partBytes > MAX_ROW_BYTES) {
      throw new EngineError('RESPONSE_TOO_LARGE', engine, `a row exceeds ${MAX_ROW_BYTES} bytes`);
    }
    parts.push(part);
  }

  function finishRow(): void {
    const bytes = Buffer.concat(parts, partBytes);
    parts = [];
    partBytes = 0;
    expecting = 'separator';
    onRow(bytes, strings);
    strings = 0;
  }

  /** Handles one byte inside a row; true when it ends the row. */
  function inside(byte: number): boolean {
    if (inString) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
      strings++;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    return depth === 0;
  }

  return {
    push(chunk: Uint8Array): void {
      let start = depth > 0 ? 0 : -1;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        if (depth === 0) {
          between(byte);
          if (depth > 0) start = at;
        } else if (inside(byte)) {
          keep(chunk.subarray(start, at + 1));
          finishRow();
          start = -1;
        }
      }
      if (depth > 0) keep(new Uint8Array(chunk.subarray(start)));
    },
    end(): void {
      if (expecting !== 'nothing') throw bad('the answer ends before its JSON array does');
    },
  };
}
