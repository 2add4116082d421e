import type { ContainerRow } from '../engine/container-row.ts';
import type { Image, ImageView } from './image-view.ts';

/** One container of one engine and the image that it was created from, when that is still there. */
export interface Container {
  readonly engine: string;
  readonly row: ContainerRow;
  readonly image: Image | null;
}

/** The containers of one engine, joined to one view of its images. */
export interface ContainerView {
  readonly containers: readonly Container[];
  container(id: string): Container | null;
  /** Containers created from this image, newest first. */
  usersOf(image: Image): readonly Container[];
}

const NONE: readonly Container[] = [];

const joined = new WeakMap<readonly ContainerRow[], { images: ImageView; view: ContainerView }>();

/** Joins containers to the images of the same engine; the same two lists are joined once. */
export function joinContainers(images: ImageView, rows: readonly ContainerRow[]): ContainerView {
  const known = joined.get(rows);
  if (known?.images === images) return known.view;
  const view = createContainerView(images, rows);
  joined.set(rows, { images, view });
  return view;
}

function createContainerView(images: ImageView, rows: readonly ContainerRow[]): ContainerView {
  const containers = rows.map((row) => ({
    engine: images.engine,
    row,
    image: imageOf(images, row),
  }));
  const byId = new Map(containers.map((container) => [container.row.id, container]));
  const byImage = new Map<Image, Container[]>();
  for (const container of containers) {
    if (container.image === null) continue;
    const users = byImage.get(container.image);
    if (users === undefined) byImage.set(container.image, [container]);
    else users.push(container);
  }
  return {
    containers,
    container: (id) => byId.get(id) ?? null,
    usersOf: (image) => byImage.get(image) ?? NONE,
  };
}

/**
 * The image by ImageID, never by the name as typed, which may have moved. Where the image is gone but its
 * platform manifest is held by another image of the containerd store, that one; the engine counts it so too.
 */
function imageOf(images: ImageView, row: ContainerRow): Image | null {
  const direct = row.imageId === null ? null : images.image(row.imageId);
  if (direct !== null) return direct;
  const digest = row.manifestDigest ?? row.imageId;
  if (digest === null) return null;
  const holders = images.holdersOf(digest);
  const names = (image: Image) =>
    (image.row.manifests ?? []).some((manifest) => manifest.containerIds.includes(row.id));
  return holders.find(names) ?? holders[0] ?? null;
}
