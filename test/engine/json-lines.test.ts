import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/engine/json-lines.ts';

/** The lines that are read from a text, or bytes, in these chunks. */
async function linesOf(...chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = [];
  const body = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  })();
  await readLines(body, (line) => void lines.push(line));
  return lines;
}

describe('lines', () => {
  it('F29 may come in halves', async () => {
    expect(await linesOf('{"a"', ':1', '}\n{"b":2}', '\n')).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('may come in one chunk', async () => {
    expect(await linesOf('1\n2\n3\n')).toEqual(['1', '2', '3']);
  });

  it('may end with the stream', async () => {
    expect(await linesOf('1\n2')).toEqual(['1', '2']);
  });

  it('may end with \\r\\n, and be empty', async () => {
    expect(await linesOf('1\r\n\r\n \n\n2\r', '\n')).toEqual(['1', '2']);
  });

  it('F29 tear no character where chunks do', async () => {
    const bytes = Buffer.from('"🐳é"\n"漢"\n');
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(await linesOf(...single)).toEqual(['"🐳é"', '"漢"']);
  });

  it('F29 of more than 1 MB are left out, and nothing else is', async () => {
    const half = 'x'.repeat(1024 * 1024);
    expect(await linesOf('1\n', half, half, '\n2\n', `${half}x\n3\n`)).toEqual(['1', '2', '3']);
    expect(await linesOf(`${half}\n`)).toEqual([half]);
  });

  it('are held as copies, not with the buffers they came in', async () => {
    const chunk = Buffer.from('1\n2');
    const lines: string[] = [];
    const body = (async function* () {
      yield chunk;
      chunk.fill('x');
      yield Buffer.from('3\n');
    })();
    await readLines(body, (line) => void lines.push(line));
    expect(lines).toEqual(['1', '23']);
  });

  it('leave others their turn, however fast they come', async () => {
    const others = new AbortController();
    setImmediate(() => others.abort());
    const end = performance.now() + 1_000;
    const body = (async function* () {
      while (!others.signal.aborted && performance.now() < end) yield Buffer.from('1\n');
    })();
    await readLines(body, () => {});
    expect(performance.now()).toBeLessThan(end);
  });

  it('are the same however the stream is cut', async () => {
    const text = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat(100), { maxLength: 6 });
    const property = fc.asyncProperty(text, cuts, async (parts, at) => {
      const bytes = Buffer.from(parts.join('\n'));
      const ends = [...new Set([0, ...at, bytes.length].map((end) => end % (bytes.length + 1)))];
      const sorted = [...ends, bytes.length].sort((a, b) => a - b);
      const chunks = sorted.map((end, index) => bytes.subarray(sorted[index - 1] ?? 0, end));
      expect(await linesOf(...chunks)).toEqual(await linesOf(bytes));
    });
    await fc.assert(property);
  });
});
