import type { ContainerRow } from './container-row.ts';
import type { EventWatch } from './engine-event.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Descriptor, ImageRow, Platform } from './image-row.ts';
import type { Attestation, HistoryStep, ImageDetail } from './image-detail.ts';

/**
 * What an engine is to everything above it: verbs and shapes in our words. No sentinel gets past this
 * boundary (-1, year 1, <none>, an empty ParentId): what is unknown is null. IDs always carry their
 * algorithm. Times are whole seconds since 1970, sizes bytes.
 */
export interface Engine {
  /** The configured name. */
  readonly name: string;
  /** Whether the engine answers, as far as is known now; asks nothing. */
  status(): EngineStatus;
  /** Whether calls are passed on to it; asks nothing. */
  circuit(): CircuitState;
  /** As facts, but says why there are none. @throws EngineError */
  ready(): Promise<EngineFacts>;
  /** What the engine says of itself; waits for a connection that is being made; null while unreachable. */
  facts(): Promise<EngineFacts | null>;
  /**
   * Every image, intermediate ones too, merged by ID, newest first, then by ID. One GET /images/json.
   * It lives as long as the engine answers pings, 10 minutes at most, and is sent once more when it takes far longer
   * than the last ones did.
   * @throws EngineError
   */
  listImages(signal: AbortSignal): Promise<readonly ImageRow[]>;
  /**
   * SharedSize by image ID, null where the engine cannot compute it. One engine call, or none.
   * @throws EngineError
   */
  sharedSizes(signal: AbortSignal): Promise<ReadonlyMap<string, number | null>>;
  /**
   * What docker system df says of images; null where the engine computes it not. One call, never two at a time.
   * @throws EngineError
   */
  diskUsage(signal: AbortSignal): Promise<DiskUsage>;
  /**
   * Every container of any state, newest first, or those of these IDs that there are.
   * @throws EngineError
   */
  listContainers(signal: AbortSignal, ids?: readonly string[]): Promise<readonly ContainerRow[]>;
  /**
   * The reference that a container was made from, as typed, which lists replace by an ID once it leads elsewhere; null when
   * there is no such container. @throws EngineError
   */
  imageNameOf(containerId: string, signal: AbortSignal): Promise<string | null>;
  /**
   * What docker inspect says of one image; null when the engine has no such image.
   * @param platform of its manifests, that of this platform (API 1.49+ of stores with manifests): then id and
   *   descriptor are those of the manifest, and null says that the platform is not here @throws EngineError
   */
  inspectImage(id: string, signal: AbortSignal, platform?: Platform): Promise<ImageDetail | null>;
  /**
   * What docker history says of one image, newest first; null when the engine has no such image, or nothing of it.
   * @param platform as in inspectImage, from API 1.48 on @throws EngineError
   */
  imageHistory(
    id: string,
    signal: AbortSignal,
    platform?: Platform,
  ): Promise<readonly HistoryStep[] | null>;
  /**
   * One image as the list would give it, by its ID or canonical name; null when there is none. One call.
   * @throws EngineError ENGINE_INCOMPATIBLE where facts say that the engine cannot (canReadOneImage)
   */
  readImage(reference: string, signal: AbortSignal): Promise<ImageRow | null>;
  /**
   * What is attested of one platform of an image; null when the engine has no such image or platform. API 1.55+ of
   * stores with manifests, and the embedded engine.
   * @param withStatement of which type statements are given, too; null for none
   * @throws EngineError UNSUPPORTED_BY_ENGINE where it cannot say
   */
  attestations(
    id: string,
    platform: Platform,
    withStatement: string | null,
    signal: AbortSignal,
  ): Promise<readonly Attestation[] | null>;
  /**
   * What a registry has under a name, asked by the engine; null when the registry has no such thing. One GET
   * /distribution/{name}/json, for which the engine makes several requests of the registry.
   * @param name registry/path:tag or registry/path@digest
   * @param credentials value of X-Registry-Auth; null for none
   * @throws EngineError with a REGISTRY_ code, or UNSUPPORTED_BY_ENGINE (Podman, the embedded engine, API below 1.30)
   */
  askRegistry(
    name: string,
    credentials: string | null,
    signal: AbortSignal,
  ): Promise<RegistryManifest | null>;
  /** How many images the engine counts, by GET /info. @throws EngineError */
  countImages(signal: AbortSignal): Promise<number | null>;
  /** Reads /version and /info again: another engine may answer now. Null when none does. */
  greetAgain(): Promise<EngineFacts | null>;
  /**
   * Follows the engine's events on images and containers, over a connection of its own, until it ends.
   * @throws EngineError when it is refused or breaks; ENGINE_UNAVAILABLE when the engine ends it
   */
  watchEvents(watch: EventWatch, signal: AbortSignal): Promise<never>;
  close(): void;
}

/** READY answers; CONNECTING is being greeted for the first time; UNAVAILABLE is tried again by itself. */
export type EngineStatus = 'READY' | 'CONNECTING' | 'UNAVAILABLE';

/**
 * CLOSED passes calls on. OPEN answers them at once with an error, because the engine is gone, or because call after
 * call failed; HALF_OPEN does so too, while the engine is asked for a sign of life.
 */
export type CircuitState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

/** What docker system df says of images, in bytes; null where the engine does not say. */
export interface DiskUsage {
  /** Of all images together, each layer once. */
  readonly totalSize: number | null;
  /** What images take that no container uses. */
  readonly reclaimableSize: number | null;
  /** Whether a builder keeps layers of its own, which may be those of images; null when the engine does not say. */
  readonly hasBuildCache: boolean | null;
}

/** What a registry has under a name: a manifest or an index. */
export interface RegistryManifest {
  readonly descriptor: Descriptor;
  /** Null where the engine does not say, as for one OCI manifest; without attestations. */
  readonly platforms: readonly Platform[] | null;
}
