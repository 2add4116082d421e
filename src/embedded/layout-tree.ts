import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FileTree } from './file-tree.ts';
import { UnreadableContent } from './file-tree.ts';

// Without O_NONBLOCK a FIFO in place of a blob would hold a thread of the pool for ever.
const READ_FILE = constants.O_RDONLY | constants.O_NONBLOCK;
const READ_BLOB = READ_FILE | constants.O_NOFOLLOW;

/**
 * The files of an OCI image layout directory. A blob that is a symbolic link is followed only to
 * another file under the same blobs directory; index.json and oci-layout, which a person chose by
 * naming the directory, are followed wherever they lead.
 * @throws UnreadableContent when the blobs directory itself leads out of the layout, and the file
 * system's error when the layout has none.
 */
export async function openLayoutTree(directory: string): Promise<FileTree> {
  const root = await realpath(directory);
  const blobs = await realpath(join(directory, 'blobs'));
  const stayIn = (folder: string, path: string) => {
    if (!path.startsWith(folder + sep)) {
      throw new UnreadableContent('a symbolic link leads out of the blobs directory');
    }
    return path;
  };
  stayIn(root, blobs);
  for (const algorithm of ['sha256', 'sha512']) {
    const folder = await absentAsUndefined(realpath(join(blobs, algorithm)));
    stayIn(blobs, folder ?? join(blobs, algorithm));
  }
  const follow: Follow = async (path) => stayIn(blobs, await realpath(path));

  return {
    size: (path) => absentAsUndefined(sizeOf(join(root, path), follow)),
    read: (path, limit) =>
      absentAsUndefined(
        path.startsWith('blobs/')
          ? readBlobFile(join(root, path), limit, follow)
          : readFile(join(root, path), READ_FILE, limit),
      ),
  };
}

type Follow = (path: string) => Promise<string>;

async function sizeOf(path: string, follow: Follow): Promise<number | undefined> {
  let stats = await lstat(path);
  if (stats.isSymbolicLink()) {
    stats = await lstat(await follow(path));
  }
  return stats.isFile() ? stats.size : undefined;
}

async function readBlobFile(path: string, limit: number, follow: Follow): Promise<Buffer> {
  try {
    return await readFile(path, READ_BLOB, limit);
  } catch (error) {
    if (codeOf(error) !== 'ELOOP') {
      throw error;
    }
    return readFile(await follow(path), READ_BLOB, limit);
  }
}

async function readFile(path: string, flags: number, limit: number): Promise<Buffer> {
  const file = await open(path, flags);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new UnreadableContent('it is not a regular file');
    }
    if (stats.size > limit) {
      throw new UnreadableContent(`it is larger than ${limit} bytes`);
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(stats.size), 0, stats.size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function absentAsUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
