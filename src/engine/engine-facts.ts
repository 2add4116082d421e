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
