import { createHash } from 'node:crypto';
import { pack } from 'tar-stream';
import type { Pack } from 'tar-stream';

export type Files = Readonly<Record<string, string | Buffer>>;

/** A fixed date: the same files must give the same digests whenever they are made. */
const DATE = new Date('2024-01-02T03:04:05Z');

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Writes one file into a tar, waiting while its reader is slow. */
export async function addFile(tar: Pack, name: string, content: string | Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    tar.entry({ name, mtime: DATE, mode: 0o644 }, content, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

/** A whole tar in memory: for build contexts, imports and single layers. */
export async function tarOf(files: Files): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  tar.on('data', (chunk) => chunks.push(chunk as Buffer));
  const ended = new Promise<void>((resolve) => tar.on('end', () => resolve()));
  for (const [name, content] of Object.entries(files)) await addFile(tar, name, content);
  tar.finalize();
  await ended;
  return Buffer.concat(chunks);
}
