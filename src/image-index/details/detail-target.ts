import type { ImageRow, ManifestRow, Platform } from '../../engine/image-row.ts';

/** What details are asked of: an image, or one of its manifests. */
export interface DetailTarget {
  readonly row: ImageRow;
  /** Null for the image as such, which stands for the manifest that the engine prefers. */
  readonly manifest: ManifestRow | null;
}

/** What is asked of the engine for a target: the image, of one platform where it matters. */
export interface DetailQuestion {
  readonly imageId: string;
  readonly platform: Platform | undefined;
  /**
   * What the answer depends on. An image ID pins everything where engines keep no manifests. On stores with
   * manifests it is that of an index, and which of its platforms the engine prefers depends on what is here.
   */
  readonly key: string;
}

/**
 * The question for a target; null when the engine has no answer: for images of which nothing is here, for attestations, for platforms that are not here,
 * for one of two manifests of the same platform, and for all but the only one where engines cannot be asked for a
 * platform.
 */
export function questionOf(target: DetailTarget, byPlatform: boolean): DetailQuestion | null {
  const { row, manifest } = target;
  const here = manifestsHere(row);
  if (here.length === 0 && (row.manifests?.length ?? 0) > 0) return null;
  if (manifest === null || (here.length === 1 && here[0]?.digest === manifest.digest)) {
    const key = [row.id, ...here.map(({ digest }) => digest)].join(' ');
    return { imageId: row.id, platform: undefined, key };
  }
  const { platform } = manifest;
  const isOnly = here.filter((other) => isSame(other.platform, platform)).length === 1;
  if (!byPlatform || platform === null || !here.includes(manifest) || !isOnly) return null;
  return { imageId: row.id, platform, key: `${row.id} ${manifest.digest} alone` };
}

/** Every target of an image that has layers of its own: each platform that is here, or the image as such. */
export function targetsOf(row: ImageRow, byPlatform: boolean): readonly DetailTarget[] {
  const here = manifestsHere(row);
  if (!byPlatform || here.length < 2) return [{ row, manifest: null }];
  return here.map((manifest) => ({ row, manifest }));
}

/** Bytes that are unpacked, of which history tells the sizes of layers. */
export function unpackedSizes({ row, manifest }: DetailTarget): string {
  const manifests = manifest === null ? manifestsHere(row) : [manifest];
  return manifests.map(({ unpackedSize }) => unpackedSize ?? 0).join(' ');
}

/** Whether its layers are unpacked; always, where engines keep no manifests. */
export function isUnpacked(target: DetailTarget): boolean {
  if (target.row.manifests === null) return true;
  const manifests = target.manifest === null ? manifestsHere(target.row) : [target.manifest];
  return manifests.some(({ unpackedSize }) => (unpackedSize ?? 0) > 0);
}

/** One that is unpacked is here, although blobs that it shares may never have been fetched (moby#51566). */
function manifestsHere({ manifests }: ImageRow): readonly ManifestRow[] {
  const isHere = ({ available, kind, unpackedSize }: ManifestRow) =>
    kind === 'IMAGE' && (available || (unpackedSize ?? 0) > 0);
  return manifests?.filter(isHere) ?? [];
}

function isSame(one: Platform | null, other: Platform | null): boolean {
  return (
    one?.os === other?.os &&
    one?.architecture === other?.architecture &&
    one?.variant === other?.variant
  );
}
