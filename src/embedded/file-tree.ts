import { blobPath, matchesDigest } from './digest.ts';

/** Cap of a manifest, index or configuration in bytes; the distribution specification asks for as much. */
export const JSON_BLOB_LIMIT = 4 * 1024 * 1024;

/** Cap of an index.json in bytes: some 400 for each image that it names, so room for 80,000 of them. */
export const INDEX_LIMIT = 32 * 1024 * 1024;

/**
 * The files of an image layout or archive, by their path inside it (`index.json`,
 * `blobs/sha256/…`), wherever they are kept.
 */
export interface FileTree {
  /** Bytes of a regular file; undefined when there is none that may be read. */
  size(path: string): Promise<number | undefined>;
  /**
   * The whole of a regular file; undefined when there is none.
   * @throws UnreadableContent when it is larger than limit, or not to be read at all.
   */
  read(path: string, limit: number): Promise<Buffer | undefined>;
}

/** Content that is there and cannot be used. The message never quotes the content. */
export class UnreadableContent extends Error {
  override readonly name = 'UnreadableContent';
}

/**
 * A JSON blob of a tree, checked against its digest, so that what was read once under a digest
 * stays true.
 * @throws UnreadableContent when it is missing, too large or not what its digest says.
 */
export async function readBlob(tree: FileTree, digest: string): Promise<Buffer> {
  const bytes = await tree.read(blobPath(digest), JSON_BLOB_LIMIT);
  if (bytes === undefined) {
    throw new UnreadableContent('the blob is missing');
  }
  if (!matchesDigest(bytes, digest)) {
    throw new UnreadableContent('the blob is not what its digest says');
  }
  return bytes;
}
