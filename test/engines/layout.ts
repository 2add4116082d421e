import { pack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import { addFile, sha256 } from './archive.ts';

export interface LayoutImage {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Plain tars; a layer that several images share is written once. */
  readonly layers: readonly Buffer[];
  /** Of the configuration; null leaves it out. */
  readonly created?: string | null;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Writes images as one tar that every engine loads: an OCI layout, whose index names the images for the
 * containerd store, and beside it the manifest.json that older engines look for.
 */
export async function writeLayout(tar: Pack, images: AsyncIterable<LayoutImage>): Promise<void> {
  const written = new Set<string>();
  const manifests: Descriptor[] = [];
  const legacy: object[] = [];
  const put = async (mediaType: string, content: Buffer): Promise<Descriptor> => {
    const hex = sha256(content);
    if (!written.has(hex)) await addFile(tar, `blobs/sha256/${hex}`, content);
    written.add(hex);
    return { mediaType, digest: `sha256:${hex}`, size: content.length };
  };
  for await (const image of images) {
    const layers: Descriptor[] = [];
    for (const layer of image.layers) {
      layers.push(await put('application/vnd.oci.image.layer.v1.tar', layer));
    }
    const config = await put('application/vnd.oci.image.config.v1+json', configOf(image, layers));
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = await put(mediaType, json({ schemaVersion: 2, mediaType, config, layers }));
    manifests.push({ ...manifest, annotations: namesOf(image.name) });
    legacy.push({
      Config: blobPath(config),
      RepoTags: [image.name],
      Layers: layers.map(blobPath),
    });
  }
  await addFile(tar, 'oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  await addFile(tar, 'index.json', json({ schemaVersion: 2, manifests }));
  await addFile(tar, 'manifest.json', json(legacy));
  tar.finalize();
}

/** The whole layout in memory, for a few images. */
export async function layoutTar(images: readonly LayoutImage[]): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  tar.on('data', (chunk) => chunks.push(chunk as Buffer));
  const ended = new Promise<void>((resolve) => tar.on('end', () => resolve()));
  await writeLayout(tar, each(images));
  await ended;
  return Buffer.concat(chunks);
}

async function* each(images: readonly LayoutImage[]): AsyncGenerator<LayoutImage> {
  yield* images;
}

const CREATED = '2024-01-02T03:04:05Z';

function configOf(image: LayoutImage, layers: readonly Descriptor[]): Buffer {
  const { created = CREATED } = image;
  return json({
    architecture: 'amd64',
    os: 'linux',
    ...(created === null ? {} : { created }),
    config: { Cmd: ['/app/start'], Labels: image.labels },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
    history: layers.map((_, index) => ({
      created: CREATED,
      created_by: `COPY layer-${index} / # generated`,
    })),
  });
}

function namesOf(name: string): Readonly<Record<string, string>> {
  const full = name.includes('.') || name.startsWith('localhost/') ? name : `docker.io/${name}`;
  return {
    'io.containerd.image.name': full,
    'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
  };
}

function blobPath(blob: Descriptor): string {
  return `blobs/sha256/${blob.digest.slice('sha256:'.length)}`;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
