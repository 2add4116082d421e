import { EngineError, type EngineErrorCode } from '../../engine/engine-error.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ImageRow } from '../../engine/image-row.ts';
import { canAskForPlatform } from '../../engine/inspect-versions.ts';
import type { ImageDetail } from '../../engine/image-detail.ts';
import type { ImageView } from '../image-view.ts';
import { createSingleFlight } from '../../single-flight.ts';
import type { DetailStore } from './detail-store.ts';
import { type DetailTarget, questionOf, targetsOf } from './detail-target.ts';
import { createLayerView, type Layered, type LayerView } from './layer-view.ts';

/** After so long an image that the engine failed to inspect is tried again, in milliseconds. */
const RETRY_MS = 5 * 60_000;
/** Images that are taken note of before anybody asks for layers: until then nobody tells which of them are gone. */
const MAX_NOTED = 10_000;
/** Reads that are begun at a time: engines answer eight, and each that waits holds some KB, as 10,000 images would. */
const BEGUN = 64;
/** Failures of one image, not of the engine: the others do without it. */
const OF_ONE_IMAGE: ReadonlySet<EngineErrorCode> = new Set([
  'CONFLICT',
  'ENGINE_BAD_RESPONSE',
  'ENGINE_ERROR',
  'RESPONSE_TOO_LARGE',
]);

/**
 * The layers and platforms of all images of one engine. Each image is inspected once, when layers are first asked
 * for, and each new one when it comes; what is kept of it is a list of diff IDs, which images share.
 */
export interface LayerIndex {
  /** @throws EngineError, or the signal's reason; what was begun goes on when time runs out */
  view(images: ImageView, signal: AbortSignal): Promise<LayerView>;
  /** At once when everything is known. */
  known(images: ImageView): LayerView | undefined;
  /** Reads what a new view has more, if anyone has ever asked, and derives nothing yet. Never waits, never fails. */
  follow(images: ImageView, signal: AbortSignal): void;
  /** Takes note of an image that was inspected for another reason. */
  note(key: string, detail: ImageDetail): void;
}

/** @param store reads details; called only after this function has returned */
export function createLayerIndex(engine: Engine, store: () => DetailStore): LayerIndex {
  let layers = new Map<string, Layered>();
  let diffIds = new Map<string, string>();
  const failedAt = new Map<string, number>();
  const keys = new WeakMap<ImageRow, { byPlatform: boolean; keys: readonly Keyed[] }>();
  const views = new WeakMap<ImageView, LayerView>();
  const flights = new WeakMap<ImageView, (signal: AbortSignal) => Promise<LayerView>>();
  let isFollowed = false;

  function note(key: string, { layers: chain, platform }: ImageDetail): void {
    if (!isFollowed && layers.size >= MAX_NOTED) forgetOthers(new Map());
    layers.set(key, { platform, chain: chain.map(intern) });
  }

  /** Images share most of their layers: each diff ID is one text in memory. */
  function intern(diffId: string): string {
    const known = diffIds.get(diffId);
    if (known === undefined) diffIds.set(diffId, diffId);
    return known ?? diffId;
  }

  async function read(target: DetailTarget, key: string, signal: AbortSignal): Promise<void> {
    const failed = failedAt.get(key);
    if (failed !== undefined && performance.now() - failed < RETRY_MS) return;
    try {
      const detail = await store().detail(target, signal);
      failedAt.delete(key);
      if (detail !== null) note(key, detail);
    } catch (error) {
      if (!(error instanceof EngineError) || !OF_ONE_IMAGE.has(error.code)) throw error;
      failedAt.set(key, performance.now());
    }
  }

  /** Reads what is not known yet of these images. @returns what each of them is known by */
  async function readMissing(images: ImageView, signal: AbortSignal): Promise<KeysOf> {
    isFollowed = true;
    const byPlatform = canAskForPlatform(await engine.ready());
    const keysOf: KeysOf = (row) => rememberedKeys(row, byPlatform);
    const missing = images.rows.flatMap(keysOf).filter(({ key }) => !layers.has(key));
    await readAll(missing, signal);
    forgetGone(images, keysOf);
    return keysOf;
  }

  async function readAll(missing: readonly Keyed[], signal: AbortSignal): Promise<void> {
    const left = missing.values();
    let isFailed = false;
    const readSome = async (): Promise<void> => {
      for (const { target, key } of left) {
        if (isFailed) return;
        await read(target, key, signal).catch((error: unknown) => {
          isFailed = true;
          throw error;
        });
      }
    };
    // All of them end before anything is said, or those that are left would fail unheard.
    for (const result of await Promise.allSettled(Array.from({ length: BEGUN }, readSome))) {
      if (result.status === 'rejected') throw result.reason;
    }
  }

  function rememberedKeys(row: ImageRow, byPlatform: boolean): readonly Keyed[] {
    const known = keys.get(row);
    if (known?.byPlatform === byPlatform) return known.keys;
    const fresh = keysOf(row, byPlatform);
    keys.set(row, { byPlatform, keys: fresh });
    return fresh;
  }

  async function publish(
    images: ImageView,
    keysOf: KeysOf,
    signal: AbortSignal,
  ): Promise<LayerView> {
    const layersOf = (row: ImageRow) => keysOf(row).flatMap(({ key }) => layers.get(key) ?? []);
    const isComplete = !images.rows.some((row) => keysOf(row).some(({ key }) => failedAt.has(key)));
    const view = await createLayerView(images, layersOf, isComplete, signal);
    if (isComplete) views.set(images, view);
    return view;
  }

  /** Images that are gone are forgotten when as many of them have gathered as there are images. */
  function forgetGone({ rows }: ImageView, keysOf: KeysOf): void {
    const keys = rows.flatMap(keysOf).map(({ key }) => key);
    if (layers.size <= 2 * keys.length + 1_000) return;
    const kept = new Set(keys);
    forgetOthers(new Map([...layers].filter(([key]) => kept.has(key))));
  }

  function forgetOthers(kept: Map<string, Layered>): void {
    layers = kept;
    diffIds = new Map([...kept.values()].flatMap(({ chain }) => chain.map((id) => [id, id])));
    failedAt.clear();
  }

  function view(images: ImageView, signal: AbortSignal): Promise<LayerView> {
    const known = views.get(images);
    if (known !== undefined) return Promise.resolve(known);
    const flight =
      flights.get(images) ??
      createSingleFlight(
        async (signal) => publish(images, await readMissing(images, signal), signal),
        () => new EngineError('ENGINE_TIMEOUT', engine.name, 'layers are still being read'),
      );
    flights.set(images, flight);
    return flight(signal);
  }

  return {
    view,
    known: (images) => views.get(images),
    follow(images, signal) {
      if (isFollowed) void readMissing(images, signal).catch(() => {});
    },
    note,
  };
}

/** What an image, each of its platforms that is here, is remembered by. */
type KeysOf = (row: ImageRow) => readonly Keyed[];

interface Keyed {
  readonly target: DetailTarget;
  readonly key: string;
}

function keysOf(row: ImageRow, byPlatform: boolean): readonly Keyed[] {
  return targetsOf(row, byPlatform).flatMap((target) => {
    const question = questionOf(target, byPlatform);
    return question === null ? [] : [{ target, key: question.key }];
  });
}
