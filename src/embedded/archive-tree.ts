import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { ByteReader } from './byte-reader.ts';
import { readerOfFile, readerOfStream } from './byte-reader.ts';
import type { FileTree } from './file-tree.ts';
import { INDEX_LIMIT, JSON_BLOB_LIMIT, UnreadableContent } from './file-tree.ts';
import { visitTarEntries } from './tar-entries.ts';

/** What a hostile archive may at most make us remember: entries, and bytes of JSON out of a gzip. */
const ENTRY_LIMIT = 1_000_000;
const KEPT_LIMIT = 256 * 1024 * 1024;
const LINK_DEPTH = 8;

const INDEX_FILES: ReadonlySet<string> = new Set(['index.json', 'manifest.json']);

type Entry =
  | { readonly kind: 'file'; readonly size: number; readonly offset: number }
  | { readonly kind: 'kept'; readonly size: number; readonly content: Buffer | undefined }
  | { readonly kind: 'link'; readonly path: string };

/**
 * The files of a docker save or OCI tar archive, plain or gzip, indexed once and never unpacked. Of
 * a plain one the offsets are kept, of a gzip one, where no offset can be read again, its JSON files.
 * @throws UnreadableContent when it is no such archive.
 */
export async function openArchiveTree(archive: string): Promise<FileTree> {
  const entries = await indexArchive(archive);
  return {
    async size(path) {
      return follow(entries, path)?.size;
    },
    async read(path, limit) {
      const entry = follow(entries, path);
      if (entry === undefined) {
        return undefined;
      }
      if (entry.size > limit) {
        throw new UnreadableContent(`it is larger than ${limit} bytes`);
      }
      return entry.kind === 'file' ? readRange(archive, entry.offset, entry.size) : entry.content;
    },
  };
}

async function indexArchive(archive: string): Promise<Map<string, Entry>> {
  const file = await open(archive);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new UnreadableContent('it is not a regular file');
    }
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    if (buffer.readUInt16BE() === 0x1f8b) {
      return await indexGzip(archive);
    }
    const reader = readerOfFile(file, stats.size);
    return await indexEntries(reader, async (_path, size) => {
      return { kind: 'file', size, offset: reader.position() };
    });
  } finally {
    await file.close();
  }
}

async function indexGzip(archive: string): Promise<Map<string, Entry>> {
  const gunzip = createGunzip();
  const compressed = createReadStream(archive);
  compressed.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  const reader = readerOfStream(gunzip);
  let kept = 0;
  try {
    return await indexEntries(reader, async (path, size) => {
      const content = await takeJson(reader, path, size);
      kept += content?.length ?? 0;
      if (kept > KEPT_LIMIT) {
        throw new UnreadableContent('the archive has too much JSON');
      }
      return { kind: 'kept', size, content };
    });
  } catch (error) {
    throw isZlibError(error) ? new UnreadableContent('the gzip archive is damaged') : error;
  } finally {
    compressed.destroy();
    gunzip.destroy();
  }
}

/** A file's content when it may be JSON, judged by its name, size and first byte. */
async function takeJson(reader: ByteReader, path: string, size: number): Promise<Buffer | undefined> {
  const limit = INDEX_FILES.has(path) ? INDEX_LIMIT : JSON_BLOB_LIMIT;
  if (size === 0 || size > limit) {
    return undefined;
  }
  const first = await reader.take(1);
  if (!/^[{[\s]$/.test(first.toString('latin1'))) {
    return undefined;
  }
  return Buffer.concat([first, await reader.take(size - 1)]);
}

async function indexEntries(
  reader: ByteReader,
  toFile: (path: string, size: number) => Promise<Entry>,
): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  await visitTarEntries(reader, async (entry) => {
    if (entries.size >= ENTRY_LIMIT) {
      throw new UnreadableContent('the archive has too many entries');
    }
    const path = posix.normalize(entry.path);
    // docker save before 25 wrote a layer that images share once, and links to it afterwards.
    const folder = entry.kind === 'symlink' ? posix.dirname(path) : '.';
    const found: Entry =
      entry.kind === 'file'
        ? await toFile(path, entry.size)
        : { kind: 'link', path: posix.join(folder, entry.target) };
    entries.set(path, found);
  });
  return entries;
}

function follow(entries: Map<string, Entry>, path: string): Exclude<Entry, { kind: 'link' }> | undefined {
  let entry = entries.get(posix.normalize(path));
  for (let depth = 0; entry?.kind === 'link' && depth < LINK_DEPTH; depth += 1) {
    entry = entries.get(entry.path);
  }
  return entry?.kind === 'link' ? undefined : entry;
}

async function readRange(archive: string, offset: number, size: number): Promise<Buffer> {
  const file = await open(archive);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
