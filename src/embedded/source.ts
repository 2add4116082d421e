import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../engine/endpoint.ts';
import { openArchive } from './archive-content.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { UnreadableContent } from './content.ts';
import { readDockerArchiveImages } from './docker-archive-images.ts';
import { openLayout } from './layout-content.ts';
import { readLayoutImages } from './layout-images.ts';
import type { Report } from './manifest-tree.ts';
import { repositoryOf } from './names.ts';

/** What the embedded engine can serve. */
export type EmbeddedEndpoint = Extract<Endpoint, { kind: 'layout' | 'archive' | 'sample' }>;

/** The images made by samples/make.ts; the path is the same from src/ and from dist/. */
const SAMPLE = fileURLToPath(new URL('../../samples/layout', import.meta.url));

export interface Source {
  /** Where the images lie. */
  readonly path: string;
  /** The images as they are now; read again only when the files have changed. @throws UnreadableContent */
  catalogue(): Promise<Catalogue>;
}

/** Reads a layout or archive, and again whenever it has changed. Nothing is read before it is asked for. */
export function createSource(endpoint: EmbeddedEndpoint, report: Report): Source {
  const { path, places, read } = opening(endpoint, report);
  let stamp = '';
  let reading: Promise<Catalogue> | null = null;
  return {
    path,
    async catalogue() {
      const now = (await Promise.all(places.map(stampOf))).join(' ');
      if (now !== stamp || reading === null) {
        stamp = now;
        // A failed reading is not kept: the files may be whole again before their times differ.
        const next = read().catch((error: unknown) => {
          if (reading === next) reading = null;
          throw toUnreadable(error);
        });
        reading = next;
      }
      return reading;
    },
  };
}

interface Opening {
  readonly path: string;
  /** What changes whenever images come and go. */
  readonly places: readonly string[];
  read(): Promise<Catalogue>;
}

function opening(endpoint: EmbeddedEndpoint, report: Report): Opening {
  if (endpoint.kind === 'archive') {
    const path = endpoint.file;
    return { path, places: [path], read: () => readArchive(path, report) };
  }
  const path = endpoint.kind === 'sample' ? SAMPLE : endpoint.directory;
  const places = ['index.json', 'manifest.json', 'blobs/sha256'].map((name) => join(path, name));
  return { path, places, read: () => readLayout(path, report) };
}

async function readLayout(path: string, report: Report): Promise<Catalogue> {
  const content = await openLayout(path);
  const images = await readLayoutImages(content, repositoryOf(path), report);
  return createCatalogue('oci-layout', content, images);
}

async function readArchive(path: string, report: Report): Promise<Catalogue> {
  const content = await openArchive(path);
  if (content.has('index.json')) {
    const images = await readLayoutImages(content, repositoryOf(path), report);
    return createCatalogue('oci-layout', content, images);
  }
  const images = await readDockerArchiveImages(content, report);
  return createCatalogue('docker-archive', content, images);
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
