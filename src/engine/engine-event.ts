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
