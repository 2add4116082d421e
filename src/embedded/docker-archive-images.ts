import type { ArchiveContent } from './archive-content.ts';
import { digestOf, INDEX_LIMIT, JSON_BLOB_LIMIT, parse, toObject } from './content.ts';
import { toImageConfig, toSeconds } from './image-config.ts';
import { asArray, asObject, asText, asTextMap, asTexts, type Json } from './json.ts';
import type { Report } from './manifest-tree.ts';
import { toNames } from './names.ts';
import { type StoredImage, sum } from './stored-image.ts';

/**
 * The images of a docker save archive without OCI manifests (Docker before 25). IDs are the digests of
 * the configurations and nothing is known of manifests, as on a graph driver.
 * @throws UnreadableContent when manifest.json is missing or unusable; a bad image is reported, left out
 */
export async function readDockerArchiveImages(
  content: ArchiveContent,
  report: Report,
): Promise<StoredImage[]> {
  const items = asArray(parse(await content.read('manifest.json', INDEX_LIMIT), INDEX_LIMIT));
  const images = new Map<string, StoredImage>();
  for (const item of items.map(asObject)) {
    try {
      const image = await readImage(content, item);
      images.set(image.id, image);
    } catch (error) {
      report(
        asText(item['Config']).slice(0, 80),
        error instanceof Error ? error.message : 'unreadable',
      );
    }
  }
  return [...images.values()];
}

/** How many images a manifest.json names. @throws UnreadableContent */
export async function countDockerArchiveImages(content: ArchiveContent): Promise<number> {
  const items = asArray(parse(await content.read('manifest.json', INDEX_LIMIT), INDEX_LIMIT));
  return new Set(items.map((item) => asText(asObject(item)['Config']))).size;
}

async function readImage(content: ArchiveContent, item: Json): Promise<StoredImage> {
  const configPath = asText(item['Config']);
  const bytes = await content.read(configPath, JSON_BLOB_LIMIT);
  const config = toImageConfig(toObject(parse(bytes)));
  const sizes = asTexts(item['Layers']).map((path) => content.size(path) ?? 0);
  return {
    id: digestOf(bytes),
    parentId: asText(item['Parent']),
    tags: toNames(asTexts(item['RepoTags'])).tags,
    digests: [],
    created: toSeconds(config.created) ?? 0,
    labels: asTextMap(config.settings['Labels']),
    size: sum(sizes),
    blobs: new Map(config.diffIds.map((diffId, index) => [diffId, sizes[index] ?? 0])),
    descriptor: null,
    manifests: null,
    configPath,
    layerSizes: sizes,
  };
}
