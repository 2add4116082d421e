import type {
  ContainerEngineEvent,
  EngineEvent,
  ImageEngineEvent,
} from '../../engine/engine-event.ts';
import type { ImageRow } from '../../engine/image-row.ts';
import { referenceKey } from '../row-identity.ts';
import type { ImageTable } from './image-table.ts';
import { ALL_CONTAINERS, ALL_IMAGES, type Marks, type MarkSet } from './marks.ts';

/** What an event makes doubtful is marked here. */
export interface EventMarks {
  readonly marks: Marks;
  readonly table: ImageTable;
  /** Whether single images can be read; otherwise what any image event marks is the list. */
  readonly canReadOne: () => boolean;
  /** Something may have happened to images that no event tells: nobody shall wait for the list of it. */
  readonly onHint: () => void;
}

/** Container events after which a container is listed as before. */
const HARMLESS =
  /^(exec_|health_status|top$|attach$|detach$|resize$|copy$|archive-path$|extract-to-dir$|export$|mount$|unmount$)/;
/** The builder of engines without BuildKit makes its steps in containers of an image ID, or FROM scratch of none. */
const IMAGE_ID = /^(sha256:)?[a-f0-9]{64}$/;

/** So many things are read one by one; where events name more, one list tells of all. */
const MAX_MARKS = 1_000;

/** Marks what an event may have changed. It says where to look, never what is true. Never waits. */
export function markEvent(event: EngineEvent, context: EventMarks): void {
  context.marks.advance();
  if (event.type === 'IMAGE') markImages(event, context);
  else markContainer(event, context);
}

/** Marks an image that a read has shown with a name, where events were about that name after the read was sent. */
export function markNamed(
  { images, namings }: Marks,
  { id, tags }: ImageRow,
  sentAt: number,
): void {
  if (namings.isAnySince(tags, sentAt)) images.add(id, sentAt + 1);
}

function markImages({ action, imageId, reference }: ImageEngineEvent, context: EventMarks): void {
  const { marks, table, canReadOne } = context;
  if (action === 'SAVE') return;
  if (!canReadOne() || (imageId === null && reference === null)) {
    marks.whole.add(ALL_IMAGES);
    return;
  }
  const mark = (key: string) => markOne(marks, marks.images, key, ALL_IMAGES);
  if (imageId !== null) mark(imageId);
  if (imageId !== null && action === 'DELETE' && marks.images.has(imageId)) {
    marks.deleted.add(imageId);
  }
  if (reference === null) return;
  const key = referenceKey(reference);
  marks.namings.add(key, marks.seq);
  // The event of a moved name is about the winner alone: nothing tells of the image that had it.
  const owner = table.ownerOf(key);
  if (owner !== null) mark(owner);
  if (imageId === null) mark(key);
}

function markContainer(event: ContainerEngineEvent, context: EventMarks): void {
  const { action, containerId, imageReference } = event;
  const { marks, canReadOne, onHint } = context;
  if (HARMLESS.test(action)) return;
  markOne(marks, marks.containers, containerId, ALL_CONTAINERS);
  if (canReadOne()) return;
  if (action === 'commit') {
    // Engines below API 1.46 and Podman announce the image of a commit only when it gets a name.
    marks.whole.add(ALL_IMAGES);
  } else if (imageReference === null || IMAGE_ID.test(imageReference)) {
    onHint();
  }
}

/** @param list marked instead, once there are enough */
function markOne({ whole }: Marks, set: MarkSet, key: string, list: string): void {
  if (set.size < MAX_MARKS || set.has(key)) set.add(key);
  else whole.add(list);
}
