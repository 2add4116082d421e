import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../engine/endpoint.ts';
import { openArchive } from './archive-content.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { type Content, UnreadableContent } from './content.ts';
import { countDockerArchiveImages, readDockerArchiveImages } from './docker-archive-images.ts';
import { openLayout } from './layout-content.ts';
import { countLayoutImages, readLayoutImages } from './layout-images.ts';
import type { Report } from './manifest-tree.ts';
import { repositoryOf } from './names.ts';
import type { StoredImage } from './stored-image.ts';

/** What the embedded engine can serve. */
export type EmbeddedEndpoint = Extract<Endpoint, { kind: 'layout' | 'archive' | 'sample' }>;

/** The images made by samples/make.ts; the path is the same from src/ and from dist/. */
const SAMPLE = fileURLToPath(new URL('../../samples/layout', import.meta.url));

/** Where images come from. What has changed on disk is seen by the next question. */
export interface Source {
  readonly path: string;
  /** What the table of contents says, without a look at each image. @throws UnreadableContent */
  overview(): Promise<Overview>;
  /** The images as they are now; read once after each change. @throws UnreadableContent */
  catalogue(): Promise<Catalogue>;
}

/** What is known of a source before its images are read. */
export interface Overview {
  /** As /info names the storage driver. */
  readonly driver: 'oci-layout' | 'docker-archive';
  readonly images: number;
}

/** A layout or archive as it was when it was opened. */
interface Opened extends Overview {
  readonly content: Content;
  read(): Promise<StoredImage[]>;
}

/** Reads a layout or archive, and again whenever it has changed. Nothing is read before it is asked for. */
export function createSource(endpoint: EmbeddedEndpoint, report: Report): Source {
  const path = pathOf(endpoint);
  const places = placesOf(endpoint, path);
  const open = () =>
    endpoint.kind === 'archive' ? openTar(path, report) : openFolder(path, report);
  let stamp = '';
  let opened: Promise<Opened> | null = null;
  let catalogue: Promise<Catalogue> | null = null;

  /** A failure is not kept: the files may be whole again before their times differ. */
  function forgetFailure(error: unknown): never {
    opened = catalogue = null;
    throw toUnreadable(error);
  }

  async function current(): Promise<Opened> {
    const now = (await Promise.all(places.map(stampOf))).join(' ');
    if (now !== stamp || opened === null) {
      stamp = now;
      catalogue = null;
      opened = open().catch(forgetFailure);
    }
    return opened;
  }

  return {
    path,
    overview: current,
    async catalogue() {
      const { content, read } = await current();
      catalogue ??= read().then((images) => createCatalogue(content, images), forgetFailure);
      return catalogue;
    },
  };
}

function pathOf(endpoint: EmbeddedEndpoint): string {
  if (endpoint.kind === 'archive') return endpoint.file;
  return endpoint.kind === 'sample' ? SAMPLE : endpoint.directory;
}

/** What changes whenever images come and go. */
function placesOf({ kind }: EmbeddedEndpoint, path: string): readonly string[] {
  if (kind === 'archive') return [path];
  return ['index.json', 'manifest.json', 'blobs/sha256'].map((name) => join(path, name));
}

async function openFolder(path: string, report: Report): Promise<Opened> {
  const content = await openLayout(path);
  return asLayout(content, path, report);
}

async function openTar(path: string, report: Report): Promise<Opened> {
  const content = await openArchive(path);
  if (content.has('index.json')) return asLayout(content, path, report);
  return {
    driver: 'docker-archive',
    images: await countDockerArchiveImages(content),
    content,
    read: () => readDockerArchiveImages(content, report),
  };
}

async function asLayout(content: Content, path: string, report: Report): Promise<Opened> {
  return {
    driver: 'oci-layout',
    images: await countLayoutImages(content),
    content,
    read: () => readLayoutImages(content, repositoryOf(path), report),
  };
}

async function stampOf(path: string): Promise<string> {
  const stats = await stat(path, { bigint: true }).catch(() => null);
  return stats === null ? '-' : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

/** The error of a file system names its path, which answers must not hold. */
function toUnreadable(cause: unknown): UnreadableContent {
  if (cause instanceof UnreadableContent) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new UnreadableContent(`it cannot be read (${code})`, { cause });
}
