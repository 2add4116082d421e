import { constants, type Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Content, UnreadableContent } from './content.ts';

// Without O_NONBLOCK a FIFO in place of a blob would hold a thread of the pool for ever.
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * The files of an OCI image layout directory. Symbolic links below it are followed only to places
 * inside it; the directory itself, which a person chose, may be one. The blobs are listed once: one
 * look for each layer of a big store would take longer than everything else.
 * @throws the error of the file system when there is no such directory
 */
export async function openLayout(directory: string): Promise<Content> {
  const root = await realpath(directory);
  const files = new Map<string, string>();
  for (const name of ['index.json', 'manifest.json']) {
    await addFile(root, files, name, join(root, name));
  }
  const blobs = await resolveInside(root, join(root, 'blobs'));
  if (blobs !== null) {
    for (const { name } of await readdir(blobs, { withFileTypes: true })) {
      const algorithm = await resolveInside(root, join(blobs, name));
      if (algorithm !== null) await addBlobs(root, files, `blobs/${name}`, algorithm);
    }
  }
  return {
    has: (path) => files.has(path),
    async read(path, limit) {
      const place = files.get(path);
      if (place === undefined) throw new UnreadableContent('it is missing');
      return readWhole(place === '' ? join(root, path) : place, limit);
    },
  };
}

async function addBlobs(root: string, files: Map<string, string>, path: string, place: string) {
  const entries = await readdir(place, { withFileTypes: true }).catch((): Dirent[] => []);
  // An empty place stands for the path under the root, which saves a long text for each blob.
  const plain = place === join(root, path);
  for (const entry of entries) {
    const name = `${path}/${entry.name}`;
    if (entry.isFile()) files.set(name, plain ? '' : join(place, entry.name));
    else if (entry.isSymbolicLink()) await addFile(root, files, name, join(place, entry.name));
  }
}

async function addFile(root: string, files: Map<string, string>, path: string, place: string) {
  const target = await resolveInside(root, place);
  if (target !== null && (await stat(target)).isFile()) files.set(path, target);
}

/** Where a path leads; null when that is nowhere or outside the layout. */
async function resolveInside(root: string, path: string): Promise<string | null> {
  const target = await realpath(path).catch(() => null);
  return target !== null && target.startsWith(root + sep) ? target : null;
}

async function readWhole(place: string, limit: number): Promise<Buffer> {
  try {
    const file = await open(place, READ_FLAGS);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new UnreadableContent('it is not a regular file');
      if (stats.size > limit) throw new UnreadableContent(`it is larger than ${limit} bytes`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(stats.size), 0, stats.size, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof UnreadableContent) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new UnreadableContent(`it cannot be read (${code})`, { cause });
  }
}
