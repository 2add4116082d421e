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
   * It lives as long as the engine answers pings, 10 minutes at most.
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

/** How a stream of events is followed. The callbacks must not wait: an engine drops what is not read. */
export interface EventWatch {
  /** Events from this time on, in nanoseconds since 1970, are told again first; null for new ones only. */
  readonly since: bigint | null;
  /** The engine has taken the question: from now on no event is missed. */
  readonly onOpen: () => void;
  readonly onEvent: (event: EngineEvent) => void;
}

/**
 * Something that happened on an engine. It says where to look, never what is true now: engines announce
 * changes early, late, halfway and not at all.
 */
export type EngineEvent = ImageEngineEvent | ContainerEngineEvent;

/** An event of type image. */
export interface ImageEngineEvent {
  readonly type: 'IMAGE';
  readonly action: ImageAction;
  /** Null where the engine names none: pull and push of Docker, prune. */
  readonly imageId: string | null;
  /** As the engine spells it; null where it names none: untag on graph drivers, delete. */
  readonly reference: string | null;
  /** Nanoseconds since 1970, by the engine's clock. */
  readonly time: bigint;
}

/** What happened to an image. OTHER is a word that is not known here. */
export type ImageAction =
  | 'CREATE'
  | 'DELETE'
  | 'IMPORT'
  | 'LOAD'
  | 'PULL'
  | 'PUSH'
  | 'SAVE'
  | 'TAG'
  | 'UNTAG'
  | 'PRUNE'
  | 'OTHER';

/** An event of type container. */
export interface ContainerEngineEvent {
  readonly type: 'CONTAINER';
  /** The engine's word: create, start, die, destroy, commit … */
  readonly action: string;
  readonly containerId: string;
  /** What it was created from, as typed; null where the engine does not say. */
  readonly imageReference: string | null;
  readonly time: bigint;
}

/** READY answers; CONNECTING is being greeted for the first time; UNAVAILABLE is tried again by itself. */
export type EngineStatus = 'READY' | 'CONNECTING' | 'UNAVAILABLE';
/**
 * CLOSED passes calls on. OPEN answers them at once with an error, because the engine is gone, or because call after
 * call failed; HALF_OPEN does so too, while the engine is asked for a sign of life.
 */
export type CircuitState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';
/** Who made the engine, by the components of GET /version. */
export type EngineKind = 'DOCKER' | 'PODMAN' | 'EMBEDDED';
/** Where it keeps images, by the driver of GET /info: IDs and manifests mean different things in each. */
export type ImageStore = 'CONTAINERD' | 'GRAPH_DRIVER' | 'CONTAINERS_STORAGE' | 'OCI_LAYOUT';

/** What an engine says of itself in GET /version and GET /info. */
export interface EngineFacts {
  readonly kind: EngineKind;
  /** Release of the engine, e.g. 28.5.2. */
  readonly version: string;
  /** The version that is spoken: the engine's newest, but none that this client does not know. */
  readonly api: ApiVersion;
  /** The oldest version that the engine accepts. */
  readonly minApi: ApiVersion;
  readonly store: ImageStore;
  readonly operatingSystem: string | null;
  readonly architecture: string | null;
  /** /info ID; another one means another engine at the same address. */
  readonly engineId: string | null;
}

/** The minor part of an Engine API version; the major part is 1 in all of them. */
export type ApiVersion = number;

/** One image as GET /images/json tells it. */
export interface ImageRow {
  readonly id: string;
  readonly parentId: string | null;
  /** As the engine spells them; names with a tag, and malformed ones. */
  readonly tags: readonly string[];
  /** name@digest for every repository, or a bare digest where the engine names no repository. */
  readonly digests: readonly string[];
  readonly created: number | null;
  readonly size: number;
  /** Sorted by key. */
  readonly labels: readonly KeyValue[];
  /** Null where the engine keeps none. */
  readonly manifests: readonly ManifestRow[] | null;
  readonly descriptor: Descriptor | null;
}

/** A label or annotation. */
export interface KeyValue {
  readonly key: string;
  /** Null when it is withheld because it looks like a secret. */
  readonly value: string | null;
}

/** Field Kind of the Engine API: UNKNOWN for everything that is neither image nor attestation. */
export type ManifestKind = 'IMAGE' | 'ATTESTATION' | 'UNKNOWN';

/** One element of Manifests (API 1.47+). Sizes are bytes. */
export interface ManifestRow {
  readonly digest: string;
  readonly descriptor: Descriptor;
  readonly available: boolean;
  readonly kind: ManifestKind;
  readonly contentSize: number;
  readonly totalSize: number;
  readonly unpackedSize: number | null;
  readonly platform: Platform | null;
  /** Containers that run it, below API 1.48; from there on each container names its manifest. */
  readonly containerIds: readonly string[];
  /** Digest of the manifest that an attestation describes. */
  readonly attestsDigest: string | null;
}

/** An OCI descriptor. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform: Platform | null;
  readonly annotations: readonly KeyValue[];
  readonly artifactType: string | null;
}

/** An OCI platform; os and architecture are never empty. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
  readonly osVersion: string | null;
}

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

/** Field State, with the states of Podman among those of Docker. */
export type ContainerState =
  | 'CREATED'
  | 'RUNNING'
  | 'PAUSED'
  | 'RESTARTING'
  | 'REMOVING'
  | 'EXITED'
  | 'DEAD'
  | 'STOPPED'
  | 'UNKNOWN';

/** One container as GET /containers/json tells it. */
export interface ContainerRow {
  readonly id: string;
  readonly name: string;
  readonly state: ContainerState;
  readonly statusText: string;
  readonly created: number | null;
  /** As typed when it was created. */
  readonly imageReference: string;
  readonly imageId: string | null;
  /** The platform manifest that it runs, where the engine says. */
  readonly manifestDigest: string | null;
}
