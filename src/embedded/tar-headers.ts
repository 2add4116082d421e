import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { UnreadableContent } from './content.ts';

const BLOCK = 512;
const NO_TAR = 'it is neither a tar archive nor gzip of one';
const WINDOW = 256 * 1024;
/** No archive of images has as many files; beyond, it is one that wants our memory. */
export const MAX_ENTRIES = 500_000;
/** Cap of an extended header (a long name) in bytes. */
const MAX_EXTENSION = 64 * 1024;

/** Where a file of a tar archive lies. */
export type TarEntry =
  | { readonly kind: 'file'; readonly offset: number; readonly size: number }
  | { readonly kind: 'link'; readonly target: string };

interface Header {
  readonly name: string;
  readonly link: string;
  readonly size: number;
  readonly type: string;
}

/**
 * The files of a plain tar archive, found by its headers alone: the layers between them, most of the
 * archive, are never read. A truncated archive gives what lies before its end.
 */
export async function scanTar(file: FileHandle, length: number): Promise<Map<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  const read = windowed(file);
  let extension: { path?: string; size?: number; link?: string } = {};
  for (let at = 0; at + BLOCK <= length && entries.size < MAX_ENTRIES;) {
    const header = parseHeader(await read(at));
    if (header === null) break;
    const start = at + BLOCK;
    const isExtension = 'xLK'.includes(header.type);
    const size = isExtension ? header.size : (extension.size ?? header.size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (start + size > length) break;
    if (isExtension) Object.assign(extension, await readExtension(file, header, start));
    // A global header says nothing of one file.
    if (isExtension || header.type === 'g') continue;
    addEntry(entries, { ...header, size }, start, extension);
    extension = {};
  }
  return entries;
}

/** Reads blocks through a window, because small files lie close together and each read costs the same. */
function windowed(file: FileHandle): (at: number) => Promise<Buffer> {
  const window = Buffer.alloc(WINDOW);
  let [start, end] = [0, 0];
  return async (at) => {
    if (at < start || at + BLOCK > end) {
      const { bytesRead } = await file.read(window, 0, WINDOW, at);
      [start, end] = [at, at + bytesRead];
    }
    return window.subarray(at - start, at - start + BLOCK);
  };
}

function addEntry(
  entries: Map<string, TarEntry>,
  header: Header,
  offset: number,
  extension: { path?: string; link?: string },
): void {
  const name = normalizePath(extension.path ?? header.name);
  const link = extension.link ?? header.link;
  const { size, type } = header;
  if (type === '0' || type === '7') entries.set(name, { kind: 'file', offset, size });
  else if (type === '1' || type === '2') {
    entries.set(name, { kind: 'link', target: linkTarget(name, link, type === '2') });
  }
}

/** Where a link of an archive leads inside it: a symbolic one from its folder, a hard one from the top. */
export function linkTarget(name: string, target: string, symbolic: boolean): string {
  return normalizePath(symbolic ? posix.join(posix.dirname(name), target) : target);
}

/** One spelling of a path in an archive, without ./ before it. */
export function normalizePath(path: string): string {
  return posix.normalize(path).replace(/^\/+|\/+$/g, '');
}

/** Null at the end of the archive. @throws UnreadableContent when it is no header */
function parseHeader(block: Buffer): Header | null {
  if (block.every((byte) => byte === 0)) return null;
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += block[at] as number;
  if (sum !== parseNumber(block.subarray(148, 156))) {
    throw new UnreadableContent(NO_TAR);
  }
  const ustar = block.toString('latin1', 257, 262) === 'ustar';
  // GNU tar keeps times where POSIX keeps the prefix, and says so by "ustar  ".
  const prefix = ustar && block[262] === 0 ? text(block.subarray(345, 500)) : '';
  const name = text(block.subarray(0, 100));
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156] as number);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    link: text(block.subarray(157, 257)),
    // Only files and extended headers have content, whatever the size says.
    size: '12345 6'.includes(type) ? 0 : parseNumber(block.subarray(124, 136)),
    type,
  };
}

/** Octal digits, or base 256 when the highest bit is set (sizes of 8 GiB and more). */
function parseNumber(field: Buffer): number {
  if (((field[0] as number) & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    if (!Number.isSafeInteger(value)) throw new UnreadableContent('a size in it is no number');
    return value;
  }
  const digits = text(field).trim();
  if (!/^[0-7]*$/.test(digits)) throw new UnreadableContent(NO_TAR);
  return Number.parseInt(digits || '0', 8);
}

function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

async function readExtension(file: FileHandle, header: Header, start: number) {
  if (header.size > MAX_EXTENSION) throw new UnreadableContent('a header in it is too long');
  const bytes = Buffer.alloc(header.size);
  await file.read(bytes, 0, header.size, start);
  if (header.type === 'L') return { path: text(bytes) };
  if (header.type === 'K') return { link: text(bytes) };
  return parsePax(bytes.toString('utf8'));
}

/** Records "<length> <key>=<value>\n"; of them only those that say where and how long a file is. */
function parsePax(records: string): { path?: string; size?: number; link?: string } {
  const found: { path?: string; size?: number; link?: string } = {};
  for (const record of records.split('\n')) {
    const match = /^\d+ (path|size|linkpath)=(.*)$/.exec(record);
    const [, key, value = ''] = match ?? [];
    if (key === 'path') found.path = value;
    else if (key === 'linkpath') found.link = value;
    else if (key === 'size' && /^\d{1,15}$/.test(value)) found.size = Number(value);
  }
  return found;
}
