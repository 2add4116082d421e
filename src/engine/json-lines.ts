import { isTurnOver, turn } from '../turns.ts';

/** The longest single line that is accepted, in bytes: an event carries all labels of its image. */
const MAX_LINE_BYTES = 1024 * 1024;
const LINE_END = 0x0a;

/**
 * Reads a stream of lines as they arrive, split at bytes and not at chunks, so that no character is torn.
 * A line that is too long is left out. Never waits for its reader, only for the turns of others: an engine drops
 * what is not taken.
 */
export async function readLines(
  body: AsyncIterable<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  let parts: Uint8Array[] = [];
  let bytes = 0;

  function keep(part: Uint8Array): void {
    bytes += part.length;
    if (bytes <= MAX_LINE_BYTES) parts.push(part);
  }

  function finish(): void {
    const isWhole = bytes <= MAX_LINE_BYTES;
    const line = Buffer.concat(parts).toString('utf8').trim();
    parts = [];
    bytes = 0;
    if (isWhole && line !== '') onLine(line);
  }

  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      keep(chunk.subarray(start, end));
      finish();
      start = end + 1;
    }
    // A copy: the chunk belongs to a larger buffer that would be held until the line ends. A Buffer's own
    // slice makes none.
    if (start < chunk.length) keep(new Uint8Array(chunk.subarray(start)));
    // An engine may tell events as fast as they are read.
    if (isTurnOver()) await turn();
  }
  finish();
}
