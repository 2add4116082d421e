import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import { type Content, INDEX_LIMIT, JSON_BLOB_LIMIT, UnreadableContent } from './content.ts';
import { linkTarget, MAX_ENTRIES, normalizePath, scanTar, type TarEntry } from './tar-headers.ts';

/** What is kept of a gzip archive, where nothing can be read again without starting over. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
const MAX_LINKS = 5;
const GZIP_MAGIC = 0x1f8b;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** The content of an archive, which also knows sizes, as its headers say them. */
export interface ArchiveContent extends Content {
  size(path: string): number | undefined;
}

interface Archive {
  readonly entries: ReadonlyMap<string, TarEntry>;
  read(path: string, entry: TarEntry & { kind: 'file' }): Promise<Buffer>;
}

/**
 * The files of a tar archive, plain or gzip.
 * @throws UnreadableContent for anything else, the error of the file system when there is none
 */
export async function openArchive(path: string): Promise<ArchiveContent> {
  const archive = await openEither(path);
  const find = (name: string) => resolve(archive.entries, name);
  return {
    has: (name) => find(name) !== undefined,
    size: (name) => find(name)?.entry.size,
    async read(name, limit) {
      const found = find(name);
      if (found === undefined) throw new UnreadableContent('it is missing');
      if (found.entry.size > limit) {
        throw new UnreadableContent(`it is larger than ${limit} bytes`);
      }
      return archive.read(found.name, found.entry);
    },
  };
}

function resolve(entries: ReadonlyMap<string, TarEntry>, path: string) {
  let name = normalizePath(path);
  for (let links = 0; links <= MAX_LINKS; links++) {
    const entry = entries.get(name);
    if (entry === undefined) return undefined;
    if (entry.kind === 'file') return { name, entry };
    name = entry.target;
  }
  return undefined;
}

async function openEither(path: string): Promise<Archive> {
  const file = await open(path, 'r');
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new UnreadableContent('it is not a regular file');
    const magic = Buffer.alloc(2);
    await file.read(magic, 0, 2, 0);
    if (magic.readUInt16BE() === GZIP_MAGIC) return await readGzip(path);
    return await indexPlain(path, file, stats.size);
  } finally {
    await file.close();
  }
}

async function indexPlain(path: string, file: FileHandle, length: number): Promise<Archive> {
  const entries = await scanTar(file, length);
  return {
    entries,
    async read(_name, { offset, size }) {
      const handle = await open(path, 'r');
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  };
}

/** Decompresses once as a stream; only entries that may be JSON are kept, never a layer. */
async function readGzip(path: string): Promise<Archive> {
  const entries = new Map<string, TarEntry>();
  const kept = new Map<string, Buffer>();
  const extract = tar.extract();
  const unpacking = pipeline(createReadStream(path), createGunzip(), extract);
  // Its error also ends the loop below; without a handler it would count as unhandled meanwhile.
  unpacking.catch(() => {});
  let budget = MAX_KEPT_BYTES;
  try {
    for await (const entry of extract) {
      const { name, size, type, linkname } = entry.header;
      const key = normalizePath(name);
      const bytes = await keepJson(
        entry as AsyncIterable<Buffer>,
        size,
        Math.min(limitOf(key), budget),
      );
      budget -= bytes?.length ?? 0;
      if (bytes !== null) kept.set(key, bytes);
      if (type === 'file') entries.set(key, { kind: 'file', offset: 0, size });
      else if ((type === 'symlink' || type === 'link') && linkname) {
        entries.set(key, { kind: 'link', target: linkTarget(key, linkname, type === 'symlink') });
      }
      if (entries.size >= MAX_ENTRIES) break;
    }
    await unpacking.catch(ignoreEarlyEnd);
  } catch (cause) {
    throw new UnreadableContent('it is not gzip of a tar archive', { cause });
  }
  return { entries, read: async (name) => kept.get(name) ?? notKept() };
}

/** The loop ends with the archive; what stands behind it is padding. */
function ignoreEarlyEnd(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

const limitOf = (name: string) =>
  name === 'index.json' || name === 'manifest.json' ? INDEX_LIMIT : JSON_BLOB_LIMIT;

function notKept(): never {
  throw new UnreadableContent('it is not JSON, or there is too much of it');
}

/** Reads an entry to its end, as the stream asks; null when it was not worth keeping. */
async function keepJson(
  entry: AsyncIterable<Buffer>,
  size: number,
  limit: number,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let wanted = size > 0 && size <= limit;
  for await (const chunk of entry) {
    if (wanted && chunks.length === 0) {
      wanted = chunk[0] === OPEN_BRACE || chunk[0] === OPEN_BRACKET;
    }
    if (wanted) chunks.push(chunk);
  }
  return wanted ? Buffer.concat(chunks) : null;
}
