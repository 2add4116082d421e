/** One image as GET /images/json tells it. */
export interface ImageRow {
  readonly id: string;
  readonly parentId: string | null;
  /** As the engine spells them; names with a tag, and malformed ones. */
  readonly tags: readonly string[];
  /** name@digest for every repository, or a bare digest where the engine names no repository. */
  readonly digests: readonly string[];
  readonly created: number | null;
  readonly size: number;
  /** Sorted by key. */
  readonly labels: readonly KeyValue[];
  /** Null where the engine keeps none. */
  readonly manifests: readonly ManifestRow[] | null;
  readonly descriptor: Descriptor | null;
}

/** A label or annotation. */
export interface KeyValue {
  readonly key: string;
  /** Null when it is withheld because it looks like a secret. */
  readonly value: string | null;
}

/** Field Kind of the Engine API: UNKNOWN for everything that is neither image nor attestation. */
export type ManifestKind = 'IMAGE' | 'ATTESTATION' | 'UNKNOWN';

/** One element of Manifests (API 1.47+). Sizes are bytes. */
export interface ManifestRow {
  readonly digest: string;
  readonly descriptor: Descriptor;
  readonly available: boolean;
  readonly kind: ManifestKind;
  readonly contentSize: number;
  readonly totalSize: number;
  readonly unpackedSize: number | null;
  readonly platform: Platform | null;
  /** Containers that run it, below API 1.48; from there on each container names its manifest. */
  readonly containerIds: readonly string[];
  /** Digest of the manifest that an attestation describes. */
  readonly attestsDigest: string | null;
}

/** An OCI descriptor. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform: Platform | null;
  readonly annotations: readonly KeyValue[];
  readonly artifactType: string | null;
}

/** An OCI platform; os and architecture are never empty. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
  readonly osVersion: string | null;
}
