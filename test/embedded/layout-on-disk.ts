import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tarOf } from '../engines/archive.ts';
import { layoutTar, type LayoutImage } from '../engines/layout.ts';

/** What an image holds, by each of its names: names with the same content are one image. */
export type Names = Readonly<Record<string, string>>;

/** Makes an archive hold these images, in one step. */
export async function writeArchive(file: string, names: Names): Promise<void> {
  await writeFile(`${file}.next`, await layoutTar(await toImages(names)));
  await rename(`${file}.next`, file);
}

/** Makes a layout hold these images, as careful tools do: content first, then index.json in one step. */
export async function writeLayoutFolder(directory: string, names: Names): Promise<void> {
  const staged = await stage(directory, names);
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  await cp(join(staged, 'blobs'), join(directory, 'blobs'), { recursive: true, force: false });
  await rename(join(staged, 'index.json'), join(directory, 'index.json'));
  await rm(staged, { recursive: true });
}

/** The digest that a name has in the index.json of a layout. */
export async function idOf(directory: string, name: string): Promise<string> {
  const { manifests } = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8'));
  const found = manifests.find(
    ({ annotations }: any) => annotations['io.containerd.image.name'] === `docker.io/${name}`,
  );
  return found.digest;
}

/** Where a layout keeps a blob. */
export function blobOf(directory: string, digest: string): string {
  return join(directory, 'blobs', digest.replace(':', '/'));
}

async function stage(directory: string, names: Names): Promise<string> {
  const staged = `${directory}.staged`;
  await mkdir(staged);
  await writeFile(join(staged, 'all.tar'), await layoutTar(await toImages(names)));
  execFileSync('tar', ['-xf', join(staged, 'all.tar'), '-C', staged]);
  return staged;
}

function toImages(names: Names): Promise<LayoutImage[]> {
  return Promise.all(
    Object.entries(names).map(async ([name, content]) => ({
      name,
      labels: { content },
      layers: [await tarOf({ base: 'base' }), await tarOf({ content })],
    })),
  );
}
