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
