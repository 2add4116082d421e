import { hash } from 'node:crypto';
import { hasTooManyValues } from '../engine/json-size.ts';
import { isTurnOver, turn } from '../turns.ts';
import { asObjectOrNull, type Json } from './json.ts';

/** Cap of a manifest, index or config in bytes; the distribution specification asks for as much. */
export const JSON_BLOB_LIMIT = 4 * 1024 * 1024;
/** Cap of an index.json or manifest.json in bytes: some 400 for each image, so room for 80,000. */
export const INDEX_LIMIT = 32 * 1024 * 1024;

/**
 * The files of an image layout or archive by their path inside it (`index.json`,
 * `blobs/sha256/…`), wherever they are kept. What there is was found when the content was opened.
 */
export interface Content {
  has(path: string): boolean;
  /** @throws UnreadableContent when there is no such file, it is larger than limit, or unreadable */
  read(path: string, limit: number): Promise<Buffer>;
}

/** Content that is missing or cannot be used. The message never quotes the content. */
export class UnreadableContent extends Error {
  override readonly name = 'UnreadableContent';
}

/** Where a layout keeps the blob of a digest. The caller has checked the digest with isDigest. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** The digest of some bytes with SHA-256. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${hash('sha256', bytes)}`;
}

/**
 * A JSON blob, checked against its digest, so that what was read once under a digest stays true.
 * @throws UnreadableContent when it is missing, too large, not what its digest says, or no object
 */
export async function readJson(content: Content, path: string, digest: string): Promise<Json> {
  const bytes = await content.read(path, JSON_BLOB_LIMIT);
  if (isTurnOver()) await turn();
  const algorithm = digest.slice(0, digest.indexOf(':'));
  if (`${algorithm}:${hash(algorithm, bytes)}` !== digest) {
    throw new UnreadableContent('the blob is not what its digest says');
  }
  return toObject(parse(bytes));
}

/**
 * Parses JSON. @param limit of its bytes, which says how many values it may have
 * @throws UnreadableContent; the parser's own message would quote the content
 */
export function parse(bytes: Buffer, limit = JSON_BLOB_LIMIT): unknown {
  if (hasTooManyValues(bytes, limit)) throw new UnreadableContent('it has too many values');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new UnreadableContent('it is not JSON');
  }
}

/** @throws UnreadableContent for anything but a JSON object */
export function toObject(value: unknown): Json {
  const object = asObjectOrNull(value);
  if (object === null) throw new UnreadableContent('it is not a JSON object');
  return object;
}
