import { parseReference } from '../engine/reference.ts';
import { API, API_VERSION, toDiskUsage, toInfo, toVersion } from './about.ts';
import { toHistory, toInspect, toSummary } from './answers.ts';
import { AmbiguousPrefix, type Catalogue } from './catalogue.ts';
import { blobPath, UnreadableContent } from './content.ts';
import { type Descriptor, type Platform, toPlatform } from './descriptor.ts';
import type { ImageConfig } from './image-config.ts';
import { type EventQuery, toEventQuery } from './event-query.ts';
import { asObject } from './json.ts';
import { Refusal } from './refusal.ts';
import type { Source } from './source.ts';
import { layerSizes, type StoredImage, type StoredManifest } from './stored-image.ts';

/** A JSON answer, a list that is written element by element, a text, or events without end. */
export type Answer =
  | { readonly json: unknown }
  | { readonly rows: Iterable<unknown> }
  | { readonly text: string }
  | { readonly events: EventQuery };

/**
 * Answers a request of the Engine API.
 * @param path with the version before it, if any, and without the query
 * @throws Refusal
 */
export async function answer(
  source: Source,
  version: string,
  path: string,
  query: URLSearchParams,
): Promise<Answer> {
  const [, minor, rest] = /^\/v1\.(\d{1,4})(\/.*)$/.exec(path) ?? [];
  if (minor !== undefined) checkVersion(Number(minor));
  const endpoint = rest ?? path;
  if (endpoint === '/_ping') return { text: 'OK' };
  if (endpoint === '/version') return { json: toVersion(version) };
  if (endpoint === '/containers/json') return { json: [] };
  if (endpoint === '/events') return { events: toEventQuery(query) };
  try {
    if (endpoint === '/info') return { json: await toInfo(source, version) };
    return await fromCatalogue(await source.catalogue(), endpoint, query);
  } catch (error) {
    if (error instanceof UnreadableContent) {
      throw new Refusal(503, `the images cannot be read: ${error.message}`);
    }
    if (error instanceof AmbiguousPrefix) throw new Refusal(400, error.message);
    throw error;
  }
}

async function fromCatalogue(
  catalogue: Catalogue,
  endpoint: string,
  query: URLSearchParams,
): Promise<Answer> {
  if (endpoint === '/images/json') return { rows: list(catalogue, query) };
  if (endpoint === '/system/df') return { json: toDiskUsage(catalogue) };
  const [, name, verb] = /^\/images\/(.+)\/(json|history|attestations)$/.exec(endpoint) ?? [];
  if (name === undefined) throw new Refusal(404, 'page not found');
  const named = find(catalogue, decode(name));
  if (verb === 'attestations') return { json: await attestationsOf(catalogue, named, query) };
  const { image, config, sizes } = await chosen(catalogue, named, query.get('platform'));
  if (verb === 'json') return { json: toInspect(image, config, isTrue(query.get('manifests'))) };
  if (config === null) throw new Refusal(404, 'no platform of the image is here');
  return { json: toHistory(image, config, sizes) };
}

function checkVersion(minor: number): void {
  const asked = `client version 1.${minor} is too`;
  if (minor < API.oldest) {
    const least = `Minimum supported API version is 1.${API.oldest}`;
    throw new Refusal(400, `${asked} old. ${least}, please upgrade your client to a newer version`);
  }
  if (minor > API.newest) {
    throw new Refusal(400, `${asked} new. Maximum supported API version is ${API_VERSION}`);
  }
}

function* list(catalogue: Catalogue, query: URLSearchParams): Generator<object> {
  const all = isTrue(query.get('all'));
  const manifests = isTrue(query.get('manifests'));
  const sharedSize = isTrue(query.get('shared-size'));
  for (const image of catalogue.images) {
    // Without all, engines leave out the nameless steps between a build's images.
    if (!all && image.tags.length === 0 && catalogue.isParent(image.id)) continue;
    yield toSummary(catalogue, image, { manifests, sharedSize });
  }
}

function find(catalogue: Catalogue, name: string): StoredImage {
  const reference = parseReference(name);
  if (reference === null) throw new Refusal(400, 'invalid reference format');
  const image = catalogue.find(reference);
  if (image === null) throw new Refusal(404, `No such image: ${name}`);
  return image;
}

/** The configuration and layers of the platform that is asked for, or of the one that fits best. */
async function chosen(
  catalogue: Catalogue,
  image: StoredImage,
  asked: string | null,
): Promise<{ image: StoredImage; config: ImageConfig | null; sizes: readonly number[] }> {
  if (asked === null) {
    const { configPath, layerSizes: sizes } = image;
    const config = configPath === null ? null : await catalogue.readConfig(configPath);
    return { image, config, sizes };
  }
  const platform = parsePlatform(asked);
  const manifest = manifestFor(image, platform);
  if (manifest?.config == null) {
    const spelled = [platform.os, platform.architecture, platform.variant]
      .filter(Boolean)
      .join('/');
    throw new Refusal(404, `the image was found but does not provide the platform (${spelled})`);
  }
  const config = await catalogue.readConfig(blobPath(manifest.config.digest));
  const { descriptor, layers } = manifest;
  // As Docker does: what answers for a platform is its manifest.
  const alone = { ...image, id: descriptor.digest, descriptor };
  return { image: alone, config, sizes: layerSizes(layers) };
}

/** Of the newest API, which nothing older has, so it does not matter which one was asked for. */
async function attestationsOf(
  catalogue: Catalogue,
  image: StoredImage,
  query: URLSearchParams,
): Promise<readonly object[]> {
  const manifest = manifestFor(image, parsePlatform(query.get('platform') ?? ''));
  if (manifest === undefined) throw new Refusal(404, 'the platform of the image is not here');
  const types = query.getAll('type');
  const layers = (image.manifests ?? [])
    .filter(({ attests }) => attests === manifest.descriptor.digest)
    .flatMap((attestation) => attestation.layers);
  const wanted = layers.filter((layer) => types.length === 0 || types.includes(typeOf(layer)));
  return Promise.all(
    wanted.map(async (layer) => ({
      Descriptor: layer,
      PredicateType: typeOf(layer),
      ...(isTrue(query.get('statement'))
        ? { Statement: await catalogue.readJson(blobPath(layer.digest)) }
        : {}),
    })),
  );
}

/** As BuildKit writes it down. */
function typeOf({ annotations }: Descriptor): string {
  return annotations?.['in-toto.io/predicate-type'] ?? '';
}

function manifestFor(image: StoredImage, platform: Platform): StoredManifest | undefined {
  return image.manifests?.find(
    (manifest) =>
      manifest.available &&
      manifest.kind === 'image' &&
      manifest.platform.os === platform.os &&
      manifest.platform.architecture === platform.architecture &&
      (platform.variant === undefined || manifest.platform.variant === platform.variant),
  );
}

function parsePlatform(text: string) {
  try {
    return toPlatform(asObject(JSON.parse(text)));
  } catch {
    throw new Refusal(400, 'failed to parse platform');
  }
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new Refusal(400, 'invalid reference format');
  }
}

/** As engines read a boolean of a query. */
function isTrue(value: string | null): boolean {
  return value !== null && !['', '0', 'no', 'false', 'none'].includes(value.trim().toLowerCase());
}
