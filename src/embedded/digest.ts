import { hash } from 'node:crypto';

const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/**
 * Whether a value is a digest of an algorithm that the OCI image specification registers
 * (descriptor.md, "Digests"). Only what passes here may become part of a file name: neither a slash
 * nor a dot can.
 */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && DIGEST.test(value);
}

/** The sha256 digest of some bytes: `sha256:` and 64 hexadecimal characters. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${hash('sha256', bytes)}`;
}

/** Whether some bytes are what a digest stands for. */
export function matchesDigest(bytes: Buffer, digest: string): boolean {
  return digest.startsWith('sha512:')
    ? `sha512:${hash('sha512', bytes)}` === digest
    : digestOf(bytes) === digest;
}

/** Where a layout keeps the blob of a digest: `blobs/<algorithm>/<encoded>`. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
