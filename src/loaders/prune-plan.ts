import { EngineError } from '../engine/engine-error.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineFacts } from '../engine/engine-facts.ts';
import type { PruneOptions } from '../engine/prune/prune.ts';
import { pruneRuleOf } from '../engine/prune/prune-rules.ts';
import type { Image, TagReference } from '../image-index/image-view.ts';
import type { Budget } from '../limits/budget.ts';
import type { Loaders } from './loaders.ts';

/** What a prune would do, as images and names of one view. */
export interface PrunePreview {
  readonly engine: string;
  readonly facts: EngineFacts;
  readonly removed: readonly Image[];
  readonly untagged: readonly TagReference[];
}

/** @throws EngineError UNSUPPORTED_BY_ENGINE where the engine's rule cannot be foreseen */
export async function previewPrune(
  { loaders, examine }: { readonly loaders: Loaders } & Pick<Budget, 'examine'>,
  engine: Engine,
  options: PruneOptions,
): Promise<PrunePreview> {
  const { name } = engine;
  const facts = await engine.ready();
  const rule = pruneRuleOf(facts, options);
  if (rule === null) throw new EngineError('UNSUPPORTED_BY_ENGINE', name, 'no rule for this prune');
  const [view, containers] = await Promise.all([
    loaders.images.load(name),
    loaders.containers.load(name),
  ]);
  examine(view.rows.length * (1 + options.labels.length));
  const isByName = facts.store === 'CONTAINERD' && !options.danglingOnly;
  const rows = isByName
    ? await Promise.all(containers.containers.map(loaders.withTypedName))
    : containers.containers.map(({ row }) => row);
  const state = { images: view.rows, containers: rows };
  const { removed, untagged } = rule(state, options);
  const names = new Set(untagged.map(({ imageId, reference }) => `${imageId} ${reference}`));
  const images = view.rows.map(({ id }) => view.image(id)).filter((image) => image !== null);
  return {
    engine: name,
    facts,
    removed: images.filter(({ row }) => removed.has(row.id)),
    untagged: images.flatMap((image) =>
      image.tags.filter(({ reference }) => names.has(`${image.row.id} ${reference}`)),
    ),
  };
}

/**
 * Bytes that the engine would report as reclaimed; null where that cannot be foreseen: where a builder's cache may hold
 * the same layers, on the containerd store where compressed layers are shared, as their sizes are not told one
 * by one, and on Podman, which counts what it removes several times.
 */
export async function reclaimableSize(
  loaders: Loaders,
  { engine, facts, removed }: PrunePreview,
): Promise<number | null> {
  if (facts.store === 'CONTAINERS_STORAGE') return null;
  if (removed.length === 0) return 0;
  if ((await loaders.diskUsage.load(engine)).hasBuildCache !== false) return null;
  return facts.store === 'CONTAINERD' ? contentSize(loaders, removed) : layerSize(loaders, removed);
}

/** A graph driver frees each layer that nothing else has. */
async function layerSize(loaders: Loaders, removed: readonly Image[]): Promise<number | null> {
  const [first] = removed;
  if (first === undefined) return 0;
  const layers = (await loaders.layers.load(first.engine)).layersOnlyOf(new Set(removed));
  const sizes = await Promise.all(
    layers.map(async ({ image, at }) => {
      const steps = await loaders.history(image);
      return steps?.find(({ layer }) => layer === at)?.size ?? null;
    }),
  );
  return sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** The containerd store counts compressed content, an index with its manifests. */
async function contentSize(loaders: Loaders, removed: readonly Image[]): Promise<number | null> {
  const [first] = removed;
  if (first === undefined) return 0;
  const layers = await loaders.layers.load(first.engine);
  if (removed.some((image) => layers.isShared(image))) return null;
  return removed.reduce((sum, { row: { id, descriptor, manifests } }) => {
    const ofManifests = (manifests ?? []).reduce((total, one) => total + one.contentSize, 0);
    const isIndex = manifests?.every(({ digest }) => digest !== id) ?? false;
    return sum + ofManifests + (isIndex ? (descriptor?.size ?? 0) : 0);
  }, 0);
}
