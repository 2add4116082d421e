import type { Catalogue } from './catalogue.ts';
import type { Platform } from './descriptor.ts';
import type { ImageConfig } from './image-config.ts';
import type { StoredImage, StoredManifest } from './stored-image.ts';

/** Go's zero time, which engines write for what was never set. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** What a query of GET /images/json asks for beyond the summary. */
export interface ListOptions {
  readonly manifests: boolean;
  readonly sharedSize: boolean;
}

/** ImageSummary of the Engine API 1.51. */
export function toSummary(catalogue: Catalogue, image: StoredImage, options: ListOptions): object {
  return {
    Id: image.id,
    ParentId: image.parentId,
    RepoTags: image.tags,
    RepoDigests: printedDigests(image),
    Created: image.created,
    Size: image.size,
    SharedSize: options.sharedSize ? catalogue.sharedSize(image) : -1,
    Labels: image.labels,
    Containers: -1,
    ...(options.manifests && image.manifests !== null
      ? { Manifests: image.manifests.map(toManifestSummary) }
      : {}),
    ...(image.descriptor === null ? {} : { Descriptor: image.descriptor }),
  };
}

/** By the ID for a digest the containerd store says that no platform of the image is here: 0 is no date then. */
function printedDigests({ id, digests, configPath }: StoredImage): readonly string[] {
  return configPath === null ? [id, ...digests] : digests;
}

/** ImageManifestSummary. Nothing is unpacked here, so the content is all there is. */
function toManifestSummary(manifest: StoredManifest): object {
  const { descriptor, available, contentSize, kind } = manifest;
  return {
    ID: descriptor.digest,
    Descriptor: descriptor,
    Available: available,
    Size: { Content: contentSize, Total: contentSize },
    Kind: kind,
    ...(kind === 'image'
      ? { ImageData: { Platform: manifest.platform, Containers: null, Size: { Unpacked: 0 } } }
      : {}),
    ...(kind === 'attestation' ? { AttestationData: { For: manifest.attests } } : {}),
  };
}

/** ImageInspect. @param config null when no platform of the image is here */
export function toInspect(
  image: StoredImage,
  config: ImageConfig | null,
  manifests: boolean,
): object {
  const { os, architecture, variant } = config?.platform ?? NO_PLATFORM;
  return {
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: printedDigests(image),
    Parent: image.parentId,
    Comment: config?.comment ?? '',
    ...(config === null || config.created === '' ? {} : { Created: config.created }),
    DockerVersion: '',
    Author: config?.author ?? '',
    Config: config?.settings ?? null,
    Architecture: architecture,
    ...(variant === undefined ? {} : { Variant: variant }),
    Os: os,
    Size: image.size,
    GraphDriver: { Data: null, Name: '' },
    RootFS: { Type: 'layers', Layers: config?.diffIds ?? [] },
    Metadata: { LastTagTime: ZERO_TIME },
    ...(image.descriptor === null ? {} : { Descriptor: image.descriptor }),
    ...(manifests && image.manifests !== null
      ? { Manifests: image.manifests.map(toManifestSummary) }
      : {}),
  };
}

const NO_PLATFORM: Platform = { os: '', architecture: '' };

/** HistoryResponseItem[], newest first. Only the image itself has an ID and names there. */
export function toHistory(
  image: StoredImage,
  config: ImageConfig,
  sizes: readonly number[],
): object[] {
  let layer = 0;
  const steps = config.history.map((step) => ({
    Id: '<missing>',
    Created: step.created,
    CreatedBy: step.createdBy,
    Tags: null as readonly string[] | null,
    Size: step.emptyLayer ? 0 : (sizes[layer++] ?? 0),
    Comment: step.comment,
  }));
  return steps
    .toReversed()
    .map((step, index) => (index === 0 ? { ...step, Id: image.id, Tags: image.tags } : step));
}
