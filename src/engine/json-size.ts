/**
 * Bytes for each value of JSON at least, in the largest text: empty objects take twenty times their text in memory. Real
 * answers have twice as many.
 */
const BYTES_A_VALUE = 16;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/** Whether a text of JSON may have more values than one of so many bytes should; those in texts are counted too. */
export function hasTooManyValues(bytes: Uint8Array, maxBytes: number): boolean {
  let values = 0;
  for (const byte of bytes) {
    if (byte === COMMA || byte === OPEN_BRACE || byte === OPEN_BRACKET) values++;
  }
  return values > maxBytes / BYTES_A_VALUE;
}
