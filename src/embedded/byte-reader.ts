import type { FileHandle } from 'node:fs/promises';
import { UnreadableContent } from './file-tree.ts';

/** Reads bytes one after the other. */
export interface ByteReader {
  /** Bytes taken and skipped so far. */
  position(): number;
  /** The next length bytes, or fewer at the end. */
  take(length: number): Promise<Buffer>;
  skip(length: number): Promise<void>;
}

/** Reads an open file; what is skipped is not read, so walking an archive of gigabytes costs nothing. */
export function readerOfFile(file: FileHandle, size: number): ByteReader {
  let position = 0;
  return {
    position: () => position,
    async take(length) {
      const wanted = Math.max(0, Math.min(length, size - position));
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, position);
      position += bytesRead;
      return buffer.subarray(0, bytesRead);
    },
    async skip(length) {
      position += length;
      if (position > size) {
        throw new UnreadableContent('the archive ends too early');
      }
    },
  };
}

/** Reads a stream of chunks, here the output of a decompressor. */
export function readerOfStream(chunks: AsyncIterable<Buffer>): ByteReader {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;

  async function next(length: number): Promise<Buffer> {
    while (rest.length === 0) {
      const chunk = await source.next();
      if (chunk.done === true) {
        return rest;
      }
      rest = chunk.value;
    }
    const part = rest.subarray(0, length);
    rest = rest.subarray(part.length);
    position += part.length;
    return part;
  }

  return {
    position: () => position,
    async take(length) {
      const parts: Buffer[] = [];
      let missing = length;
      while (missing > 0) {
        const part = await next(missing);
        if (part.length === 0) break;
        parts.push(part);
        missing -= part.length;
      }
      return Buffer.concat(parts);
    },
    async skip(length) {
      for (let missing = length; missing > 0;) {
        const part = await next(missing);
        if (part.length === 0) {
          throw new UnreadableContent('the archive ends too early');
        }
        missing -= part.length;
      }
    },
  };
}
