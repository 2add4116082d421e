import type { ImageConfig } from './image-config.ts';
import { canonicalName, familiarName, parseImageName } from './image-name.ts';
import type { Descriptor, Platform } from './oci-json.ts';

/** A manifest that an image's index leads to, or its only one. Sizes are bytes. */
export interface ManifestRow {
  readonly descriptor: Descriptor;
  readonly kind: 'image' | 'attestation' | 'unknown';
  readonly platform: Platform;
  /** Its configuration and all of its layers are here. */
  readonly available: boolean;
  /** The blobs of it that are here, the manifest itself included. */
  readonly content: number;
  /** Its layers as plain tars; 0 when any of them is compressed, since then nothing here tells. */
  readonly unpacked: number;
  /** The manifest, its configuration and its layers as they are described, present or not. */
  readonly described: number;
  /** The digest of the manifest that an attestation is about. */
  readonly attests: string | undefined;
}

/** What the Engine API's list says of an image. Sizes are bytes. */
export interface ImageRow {
  readonly id: string;
  readonly parentId: string;
  /** As Docker prints names, sorted; what is no valid name stays as it was found. */
  readonly tags: readonly string[];
  readonly repositories: readonly string[];
  /** Seconds since 1970; 0 when unknown. */
  readonly created: number;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly size: number;
  readonly sharedSize: number;
  /** Of the image's index or manifest; undefined in an archive without any. */
  readonly descriptor: Descriptor | undefined;
  readonly manifests: readonly ManifestRow[];
  /** The available manifest that fits this machine best, from which the fields above are taken. */
  readonly best: ManifestRow | undefined;
}

/** What only inspect and history show; read when asked for. */
export interface ImageDetails {
  readonly config: ImageConfig;
  /** Bytes of each layer as a plain tar; 0 when unknown. */
  readonly layerSizes: readonly number[];
}

/** One reading of a layout or archive. */
export interface Catalogue {
  readonly driver: 'oci-layout' | 'docker-archive';
  /** Newest first, then by ID. */
  readonly rows: readonly ImageRow[];
  readonly byId: ReadonlyMap<string, ImageRow>;
  /** By canonical name with tag. */
  readonly byName: ReadonlyMap<string, ImageRow>;
  /** The IDs that some image names as its parent. */
  readonly parentIds: ReadonlySet<string>;
  /** Bytes of all content, each blob counted once. */
  readonly contentSize: number;
  /**
   * @param manifest one of the row's; undefined where images have none
   * @throws UnreadableContent
   */
  readDetails(row: ImageRow, manifest: ManifestRow | undefined): Promise<ImageDetails>;
}

/** Orders and indexes what was read. */
export function createCatalogue(
  read: Pick<Catalogue, 'driver' | 'contentSize' | 'readDetails'>,
  found: readonly ImageRow[],
): Catalogue {
  const rows = found.toSorted((a, b) => b.created - a.created || (a.id < b.id ? -1 : 1));
  const byName = new Map<string, ImageRow>();
  for (const row of rows) {
    for (const tag of row.tags) {
      const name = parseImageName(tag);
      byName.set(name === undefined ? tag : canonicalName(name), row);
    }
  }
  return {
    ...read,
    rows,
    byId: new Map(rows.map((row) => [row.id, row])),
    byName,
    parentIds: new Set(rows.map((row) => row.parentId).filter((id) => id !== '')),
  };
}

/** The names of a row, from canonical names and whatever else stood in their place. */
export function toNames(names: Iterable<string>): Pick<ImageRow, 'tags' | 'repositories'> {
  const sorted = [...names].toSorted();
  const repositories = sorted
    .map((name) => parseImageName(name)?.repository)
    .filter((repository) => repository !== undefined);
  return {
    tags: sorted.map(familiarName),
    repositories: [...new Set(repositories)].map(familiarName),
  };
}
