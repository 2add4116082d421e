import type { ByteReader } from './byte-reader.ts';
import { UnreadableContent } from './file-tree.ts';

const BLOCK = 512;
/** A long name or a set of pax records is a few hundred bytes; a larger one is an attack. */
const LONG_HEADER_LIMIT = 1024 * 1024;

/** A file or link of a tar. The reader stands at the first byte of its content. */
export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'link' | 'symlink';
  /** Bytes. */
  readonly size: number;
  readonly target: string;
}

type Visit = (entry: TarEntry) => Promise<void>;

interface LongHeader {
  path?: string;
  linkpath?: string;
  size?: string;
}

/** Links, devices, directories and pipes: whatever size they state, no content follows. */
const HEADER_ONLY = '123456';

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'symlink',
};

/**
 * Visits the files and links of a tar (ustar, GNU and pax) in their order; a visitor may take of an
 * entry's content, and what it leaves is skipped. Written here because a reader of whole streams
 * would read every layer only to learn where the next header is.
 * @throws UnreadableContent for what is no tar.
 */
export async function visitTarEntries(reader: ByteReader, visit: Visit): Promise<void> {
  let long: LongHeader = {};
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.length === 0 || isZero(header)) {
      return;
    }
    checkHeader(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const stated = long.size === undefined ? numberAt(header, 124, 12) : Number(long.size);
    const size = HEADER_ONLY.includes(type) ? 0 : stated;
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new UnreadableContent('the archive has an entry of no valid size');
    }
    const end = reader.position() + Math.ceil(size / BLOCK) * BLOCK;
    if ('xLK'.includes(type)) {
      Object.assign(long, await readLongHeader(reader, type, size));
    } else {
      const kind = KINDS[type];
      if (kind !== undefined) {
        await visit(toEntry(header, long, kind, size));
      }
      long = {};
    }
    await reader.skip(end - reader.position());
  }
}

function toEntry(header: Buffer, long: LongHeader, kind: TarEntry['kind'], size: number): TarEntry {
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, 100);
  return {
    path: long.path ?? (prefix === '' ? name : `${prefix}/${name}`),
    kind,
    size,
    target: long.linkpath ?? textAt(header, 157, 100),
  };
}

async function readLongHeader(reader: ByteReader, type: string, size: number): Promise<LongHeader> {
  if (size > LONG_HEADER_LIMIT) {
    throw new UnreadableContent('the archive has a header that is too large');
  }
  const body = await reader.take(size);
  if (type === 'x') {
    return toPaxRecords(body);
  }
  const text = textAt(body, 0, body.length);
  return type === 'L' ? { path: text } : { linkpath: text };
}

/** Records of the form `<length> <key>=<value>\n`, the length counting all of it in bytes. */
function toPaxRecords(body: Buffer): LongHeader {
  const found: LongHeader = {};
  let at = 0;
  while (at < body.length) {
    const length = Number.parseInt(body.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) break;
    const record = body.toString('utf8', at, at + length - 1);
    const [, key, value] = /^\d+ ([^=]+)=(.*)$/s.exec(record) ?? [];
    if (value !== undefined && (key === 'path' || key === 'linkpath' || key === 'size')) {
      found[key] = value;
    }
    at += length;
  }
  return found;
}

function checkHeader(header: Buffer): void {
  let sum = 8 * 0x20;
  for (let index = 0; index < header.length; index += 1) {
    sum += index >= 148 && index < 156 ? 0 : (header[index] ?? 0);
  }
  if (header.length !== BLOCK || sum !== numberAt(header, 148, 8)) {
    throw new UnreadableContent('it is no tar archive, or a damaged one');
  }
}

function numberAt(header: Buffer, start: number, length: number): number {
  // GNU writes sizes from 8 GiB on as a big-endian number behind a byte of 0x80.
  if (header[start] === 0x80) {
    return Number(header.readBigUInt64BE(start + length - 8));
  }
  return Number.parseInt(textAt(header, start, length).trim() || '0', 8);
}

function textAt(bytes: Buffer, start: number, length: number): string {
  const end = bytes.indexOf(0, start);
  const last = end === -1 ? start + length : Math.min(end, start + length);
  return bytes.toString('utf8', start, last);
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}
