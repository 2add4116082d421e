import { openArchive } from './archive-content.ts';
import { type Content, UnreadableContent } from './content.ts';
import { countDockerArchiveImages, readDockerArchiveImages } from './docker-archive-images.ts';
import { openLayout } from './layout-content.ts';
import { countLayoutImages, readLayoutImages } from './layout-images.ts';
import type { Report } from './manifest-tree.ts';
import { repositoryOf } from './names.ts';
import type { StoredImage } from './stored-image.ts';

/** What is known of a source before its images are read. */
export interface Overview {
  /** As /info names the storage driver. */
  readonly driver: 'oci-layout' | 'docker-archive';
  readonly images: number;
}

/** A layout or archive as it was when it was opened. */
export interface Opened extends Overview {
  readonly content: Content;
  read(): Promise<StoredImage[]>;
}

/** Opens the directory of a layout. @throws UnreadableContent */
export async function openFolder(path: string, report: Report): Promise<Opened> {
  const content = await openLayout(path);
  if (!content.has('index.json')) {
    throw new UnreadableContent('the folder has no index.json, so it is no OCI image layout');
  }
  return asLayout(content, path, report);
}

/** Opens an archive, of a layout or of docker save. @throws UnreadableContent */
export async function openTar(path: string, report: Report): Promise<Opened> {
  const content = await openArchive(path);
  if (content.has('index.json')) return asLayout(content, path, report);
  if (!content.has('manifest.json')) {
    throw new UnreadableContent(
      'the file has neither index.json nor manifest.json, so it is no archive of images',
    );
  }
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

/** The error of a file system names its path, which answers must not hold. */
export function toUnreadable(cause: unknown): UnreadableContent {
  if (cause instanceof UnreadableContent) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new UnreadableContent(`it cannot be read (${code})`, { cause });
}
