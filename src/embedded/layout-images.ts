import { isDigest } from '../engine/reference.ts';
import { blobPath, type Content, INDEX_LIMIT, parse, readJson, toObject } from './content.ts';
import { type Descriptor, toDescriptors } from './descriptor.ts';
import { type ImageConfig, toImageConfig, toSeconds } from './image-config.ts';
import { asArray, asObject, asText, asTextMap } from './json.ts';
import { readManifests, type Report } from './manifest-tree.ts';
import { nameOf, toNames } from './names.ts';
import { layerSizes, type StoredImage, type StoredManifest, sum } from './stored-image.ts';

/** Under this key Docker's containerd store notes the image that the classic builder started from. */
const PARENT = 'org.mobyproject.image.parent';
/** Reading many small files at a time is faster, but each is open meanwhile. */
const PARALLEL_READS = 16;

/** How many images an index.json names. @throws UnreadableContent */
export async function countLayoutImages(content: Content): Promise<number> {
  return (await readTargets(content, '')).size;
}

interface Target {
  readonly descriptor: Descriptor;
  readonly names: string[];
  parentId: string;
}

/**
 * The images of an OCI image layout: one for each digest that index.json names, whatever number of names
 * it has there. IDs are those digests, as on Docker's containerd store.
 * @throws UnreadableContent when index.json is missing or unusable; a bad image is reported and left bare
 */
export async function readLayoutImages(
  content: Content,
  repository: string,
  report: Report,
): Promise<StoredImage[]> {
  const targets = [...(await readTargets(content, repository)).values()];
  const images: StoredImage[] = [];
  const worker = async (): Promise<void> => {
    for (let target = targets.pop(); target !== undefined; target = targets.pop()) {
      images.push(await readImage(content, target, report));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  return withSavedParents(images, await readSavedParents(content, report));
}

async function readTargets(content: Content, repository: string): Promise<Map<string, Target>> {
  const index = toObject(parse(await content.read('index.json', INDEX_LIMIT), INDEX_LIMIT));
  const targets = new Map<string, Target>();
  for (const descriptor of toDescriptors(index['manifests'])) {
    const target = targets.get(descriptor.digest) ?? { descriptor, names: [], parentId: '' };
    const name = nameOf(descriptor.annotations, repository);
    if (name !== null) target.names.push(name);
    target.parentId ||= descriptor.annotations?.[PARENT] ?? '';
    targets.set(descriptor.digest, target);
  }
  return targets;
}

async function readImage(
  content: Content,
  { descriptor: named, names, parentId }: Target,
  report: Report,
): Promise<StoredImage> {
  const descriptor = withoutName(named);
  const manifests = await readManifests(content, descriptor, report);
  const best = bestOf(manifests);
  const config = best === null ? null : await readConfig(content, best, report);
  const { tags, repositories } = toNames(names);
  return {
    id: descriptor.digest,
    parentId,
    tags,
    digests: repositories.map((name) => `${name}@${descriptor.digest}`),
    created: toSeconds(config?.created ?? '') ?? 0,
    labels: config === null ? null : asTextMap(config.settings['Labels']),
    // The store's rule, too: blobs that two platforms share count for both.
    size: sum(manifests.map(({ contentSize }) => contentSize)),
    blobs: new Map(manifests.flatMap(({ blobs }) => [...blobs])),
    descriptor,
    manifests,
    configPath: best?.config == null ? null : blobPath(best.config.digest),
    layerSizes: best === null ? [] : layerSizes(best.layers),
  };
}

/** A name belongs to a place in index.json, not to the content: the engine lists names on their own. */
function withoutName(descriptor: Descriptor): Descriptor {
  const { annotations, ...rest } = descriptor;
  const kept = Object.entries(annotations ?? {}).filter(
    ([key]) =>
      key !== PARENT &&
      !/^(io\.containerd\.image|org\.opencontainers\.image\.ref)\.name$/.test(key),
  );
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The architecture of this machine by its OCI name. */
export const HOST_ARCHITECTURE: string = ARCHITECTURES[process.arch] ?? process.arch;

/** Engines describe an image by the platform that they would run: this machine's, else any that is here. */
function bestOf(manifests: readonly StoredManifest[]): StoredManifest | null {
  const usable = manifests.filter(({ kind, available }) => kind === 'image' && available);
  const own = usable.find(
    ({ platform }) => platform.os === 'linux' && platform.architecture === HOST_ARCHITECTURE,
  );
  return own ?? usable[0] ?? null;
}

async function readConfig(
  content: Content,
  { config }: StoredManifest,
  report: Report,
): Promise<ImageConfig | null> {
  if (config === null) return null;
  try {
    return toImageConfig(await readJson(content, blobPath(config.digest), config.digest));
  } catch (error) {
    report(config.digest, error instanceof Error ? error.message : 'it cannot be read');
    return null;
  }
}

/** docker save of a graph driver notes parents in manifest.json, by the digests of configurations. */
async function readSavedParents(content: Content, report: Report): Promise<Map<string, string>> {
  const parents = new Map<string, string>();
  if (!content.has('manifest.json')) return parents;
  try {
    const items = parse(await content.read('manifest.json', INDEX_LIMIT), INDEX_LIMIT);
    for (const item of asArray(items).map(asObject)) {
      const parent = asText(item['Parent']);
      if (isDigest(parent)) parents.set(asText(item['Config']), blobPath(parent));
    }
  } catch (error) {
    report('manifest.json', error instanceof Error ? error.message : 'it cannot be read');
  }
  return parents;
}

function withSavedParents(images: StoredImage[], parents: Map<string, string>): StoredImage[] {
  if (parents.size === 0) return images;
  const byConfig = new Map(images.map(({ configPath, id }) => [configPath, id]));
  return images.map((image) => {
    const parentId = byConfig.get(parents.get(image.configPath ?? '') ?? '');
    return parentId === undefined || image.parentId !== '' ? image : { ...image, parentId };
  });
}
