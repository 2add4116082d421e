import type { Descriptor, Platform } from './descriptor.ts';

/** A manifest that an image's index leads to, or its only one. Sizes are bytes. */
export interface StoredManifest {
  readonly descriptor: Descriptor;
  readonly kind: 'image' | 'attestation' | 'unknown';
  /** Os and architecture are empty when nothing tells them. */
  readonly platform: Platform;
  /** Its configuration and all of its layers are here. */
  readonly available: boolean;
  /** The blobs of it that are here, itself included, by digest. */
  readonly blobs: ReadonlyMap<string, number>;
  readonly contentSize: number;
  /** Null when the manifest itself is not here. */
  readonly config: Descriptor | null;
  /** Base first. */
  readonly layers: readonly Descriptor[];
  /** The digest of the manifest that an attestation is about. */
  readonly attests: string | null;
}

/** One image of a layout or archive. */
export interface StoredImage {
  /** Digest of its index or manifest; of its configuration where the archive has neither. */
  readonly id: string;
  /** Empty when it has none. */
  readonly parentId: string;
  /** As Docker prints names, sorted. */
  readonly tags: readonly string[];
  /** name@digest of each repository. */
  readonly digests: readonly string[];
  /** Seconds since 1970; 0 when unknown. */
  readonly created: number;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly size: number;
  /** Its blobs by digest, each once: what it may share with others. */
  readonly blobs: ReadonlyMap<string, number>;
  /** Of its index or manifest; null in an archive without any. */
  readonly descriptor: Descriptor | null;
  /** Null in an archive without any. */
  readonly manifests: readonly StoredManifest[] | null;
  /** Where the configuration lies that the fields above are taken from; null when none is here. */
  readonly configPath: string | null;
  /** Bytes of each of its layers, base first; 0 where only the compressed size is known. */
  readonly layerSizes: readonly number[];
}

/** Bytes of plain layers; a compressed one tells nothing of what is in it, and engines write 0 then. */
export function layerSizes(layers: readonly Descriptor[]): number[] {
  return layers.map(({ mediaType, size }) => (/gzip|zstd/.test(mediaType) ? 0 : size));
}

/** The sum of some sizes in bytes. */
export function sum(sizes: Iterable<number>): number {
  let total = 0;
  for (const size of sizes) total += size;
  return total;
}
