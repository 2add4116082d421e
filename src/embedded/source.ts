import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../engine/endpoint.ts';
import type { Catalogue } from './catalogue.ts';
import type { Report } from './manifest-tree.ts';
import { openFolder, openTar, type Overview } from './opened.ts';
import { createReading, type Reading } from './reading.ts';

/** What the embedded engine can serve. */
export type EmbeddedEndpoint = Extract<Endpoint, { kind: 'layout' | 'archive' | 'sample' }>;

/** The images made by samples/make.ts; the path is the same from src/ and from dist/. */
const SAMPLE = fileURLToPath(new URL('../../samples/layout', import.meta.url));

/** Where images come from. What has changed on disk is seen by the next question. */
export interface Source {
  readonly path: string;
  /** Where something changes whenever images come and go; not all of them need to exist. */
  readonly folders: readonly string[];
  /** Differs when images may have come or gone; nothing is read for it. */
  stamp(): Promise<string>;
  /** What is known without reading each image. @throws UnreadableContent */
  overview(): Promise<Overview>;
  /** The images as they are now; read once after each change. @throws UnreadableContent */
  catalogue(): Promise<Catalogue>;
  /** Has the next question read again, whether or not there is a change to be seen. */
  forget(): void;
}

/**
 * Reads a layout or archive, and again whenever it has changed. Nothing is read before it is asked for.
 * @param onRead told of each new catalogue, before anyone is given it: what was told last is the newest
 * that anyone has seen
 */
export function createSource(
  endpoint: EmbeddedEndpoint,
  report: Report,
  onRead: (catalogue: Catalogue) => void,
): Source {
  const path = pathOf(endpoint);
  const { files, folders } = placesOf(endpoint, path);
  const open = () => (endpoint.kind === 'archive' ? openTar : openFolder)(path, report);
  const stamp = async () => (await Promise.all(files.map(stampOf))).join(' ');
  let latest: Reading | null = null;
  let begun = 0;
  let told = 0;

  async function current(): Promise<Reading> {
    const now = await stamp();
    if (latest === null || latest.hasFailed() || latest.stamp !== now) {
      latest = createReading(++begun, now, open());
    }
    return latest;
  }

  return {
    path,
    folders,
    stamp,
    overview: async () => (await current()).overview(),
    async catalogue() {
      await (await current()).catalogue();
      // What was changed while it was read may be half old and half new.
      const reading = await current();
      const catalogue = await reading.catalogue();
      if (reading.number > told) {
        told = reading.number;
        onRead(catalogue);
      }
      return catalogue;
    },
    forget: () => void (latest = null),
  };
}

function pathOf(endpoint: EmbeddedEndpoint): string {
  if (endpoint.kind === 'archive') return endpoint.file;
  return endpoint.kind === 'sample' ? SAMPLE : endpoint.directory;
}

/** What changes whenever images come and go. */
function placesOf({ kind }: EmbeddedEndpoint, path: string) {
  if (kind === 'archive') return { files: [path], folders: [dirname(path)] };
  const blobs = ['sha256', 'sha384', 'sha512'].map((algorithm) => join(path, 'blobs', algorithm));
  return {
    files: [join(path, 'index.json'), join(path, 'manifest.json'), ...blobs],
    folders: [path, ...blobs],
  };
}

async function stampOf(path: string): Promise<string> {
  const stats = await stat(path, { bigint: true }).catch(() => null);
  return stats === null ? '-' : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
