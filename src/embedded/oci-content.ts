import { blobPath } from './digest.ts';
import type { FileTree } from './file-tree.ts';
import { readBlob, UnreadableContent } from './file-tree.ts';
import type { ImageConfig } from './image-config.ts';
import { toImageConfig } from './image-config.ts';
import type { Descriptor, Target } from './oci-json.ts';
import { toTarget } from './oci-json.ts';

/** Says why something of an image is missing from the answers. */
export type Report = (digest: string, reason: string) => void;

/** A blob that is here, and how many images hold it. */
export interface Blob {
  /** Bytes. */
  readonly size: number;
  owners: number;
  /** Owners for which the blob is also the unpacked layer. */
  unpackedOwners: number;
}

/** The blobs of a layout during one reading of it; each is looked at once. */
export interface OciContent {
  /** Undefined when it is missing or unreadable; the latter is reported. */
  target(digest: string): Promise<Target | undefined>;
  config(digest: string): Promise<ImageConfig | undefined>;
  /** Undefined when it is missing or not of the size that is described. */
  blob(descriptor: Descriptor): Promise<Blob | undefined>;
  blobs(): Iterable<Blob>;
}

export function createOciContent(tree: FileTree, report: Report): OciContent {
  const known = new Map<string, Blob | undefined>();

  async function readAs<T>(digest: string, convert: (bytes: Buffer) => T): Promise<T | undefined> {
    try {
      const bytes = await readBlob(tree, digest);
      if (bytes === undefined) {
        return undefined;
      }
      const value = convert(bytes);
      if (!known.has(digest)) {
        known.set(digest, { size: bytes.length, owners: 0, unpackedOwners: 0 });
      }
      return value;
    } catch (error) {
      report(digest, reasonOf(error));
      return undefined;
    }
  }

  async function find(digest: string): Promise<Blob | undefined> {
    try {
      const size = await tree.size(blobPath(digest));
      return size === undefined ? undefined : { size, owners: 0, unpackedOwners: 0 };
    } catch (error) {
      report(digest, reasonOf(error));
      return undefined;
    }
  }

  return {
    target: (digest) => readAs(digest, toTarget),
    config: (digest) => readAs(digest, toImageConfig),
    async blob({ digest, size }) {
      if (!known.has(digest)) {
        const found = await find(digest);
        // Two images may have looked at the same time; the first record is the one that is shared.
        if (!known.has(digest)) known.set(digest, found);
      }
      const blob = known.get(digest);
      if (blob !== undefined && blob.size !== size) {
        report(digest, 'it is not of the size that its descriptor says');
        return undefined;
      }
      return blob;
    },
    *blobs() {
      for (const blob of known.values()) {
        if (blob !== undefined) yield blob;
      }
    },
  };
}

/** A reason that holds neither content nor a path of this machine. */
export function reasonOf(error: unknown): string {
  if (error instanceof UnreadableContent) {
    return error.message;
  }
  return error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
}
