import type { Descriptor, KeyValue, ManifestRow, Platform } from './image-row.ts';

/** One image as GET /images/{name}/json tells it, beyond what the list gives. */
export interface ImageDetail {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly parentId: string | null;
  /** RFC 3339 with nanoseconds, as the engine gives it. */
  readonly created: string | null;
  readonly author: string | null;
  readonly comment: string | null;
  /** Seconds since 1970. */
  readonly lastTagged: number | null;
  readonly platform: Platform | null;
  /** Diff IDs, base first. */
  readonly layers: readonly string[];
  readonly config: ImageConfig;
  readonly manifests: readonly ManifestRow[] | null;
  readonly descriptor: Descriptor | null;
}

/** The image configuration's execution part (OCI image-spec config.md). */
export interface ImageConfig {
  readonly environment: readonly EnvironmentVariable[];
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly workingDirectory: string | null;
  readonly user: string | null;
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: readonly KeyValue[];
  readonly stopSignal: string | null;
  readonly onBuild: readonly string[];
  readonly shell: readonly string[] | null;
}

/** One NAME=value of a configuration. */
export interface EnvironmentVariable {
  readonly name: string;
  /** Empty where there is only a name; null when it is withheld because it looks like a secret. */
  readonly value: string | null;
}

/** One element of GET /images/{name}/history. */
export interface HistoryStep {
  /** The image that this step made, where the engine still has it. */
  readonly imageId: string | null;
  /** Seconds since 1970. */
  readonly created: number | null;
  /** The instruction; null when there is none, as for an import. */
  readonly createdBy: string | null;
  /** Whether something in createdBy is withheld because it looks like a secret. */
  readonly isRedacted: boolean;
  readonly comment: string | null;
  /** Bytes; 0 for a step without a layer, and for one whose layer is not unpacked. */
  readonly size: number;
}

/** One in-toto statement about a manifest, as GET /images/{name}/attestations tells it. */
export interface Attestation {
  /** A URI, e.g. https://slsa.dev/provenance/v1. */
  readonly predicateType: string;
  readonly descriptor: Descriptor;
  /** JSON; null when it was not asked for. */
  readonly statement: string | null;
}
