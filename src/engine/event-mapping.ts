import type { EngineEvent, ImageAction } from './engine-event.ts';
import { toImageId } from './image-mapping.ts';
import { asObject, asText, type Json } from './json-values.ts';

const IMAGE_ACTIONS: ReadonlyMap<string, ImageAction> = new Map(
  Object.entries<ImageAction>({
    create: 'CREATE',
    delete: 'DELETE',
    import: 'IMPORT',
    load: 'LOAD',
    pull: 'PULL',
    push: 'PUSH',
    save: 'SAVE',
    tag: 'TAG',
    untag: 'UNTAG',
    prune: 'PRUNE',
    // Podman's own words (libpod/events/config.go).
    build: 'CREATE',
    loadfromarchive: 'LOAD',
    remove: 'DELETE',
  }),
);

const CONTAINER_ID = /^[0-9a-f]{64}$/;
/** A name has 255 characters at most, a tag 128, a digest 135. */
const MAX_REFERENCE_LENGTH = 600;
/** exec_create: and health_status: have a command or state behind the colon, which nobody needs whole. */
const MAX_ACTION_LENGTH = 64;

/** One line of GET /events; null for what is neither an image's nor a container's, or cannot be read. */
export function toEngineEvent(line: string): EngineEvent | null {
  const json = parseLine(line);
  const time = toTime(line, json);
  const actor = asObject(json['Actor']);
  const attributes = asObject(actor['Attributes']);
  const id = asText(actor['ID']);
  const action = asText(json['Action']);
  if (time === null || action === null) return null;
  if (json['Type'] === 'image') {
    return {
      type: 'IMAGE',
      action: IMAGE_ACTIONS.get(action) ?? 'OTHER',
      ...toSubject(id, attributes),
      time,
    };
  }
  if (json['Type'] !== 'container' || id === null || !CONTAINER_ID.test(id)) return null;
  return {
    type: 'CONTAINER',
    action: action.slice(0, MAX_ACTION_LENGTH),
    containerId: id,
    imageReference: toReference(attributes['image']),
    time,
  };
}

/**
 * What an image event is about. Docker's pull and push have the reference where all others have the ID;
 * Podman's build has the ID for a name and nothing else; where the name is the ID once more (delete,
 * create, and untag on graph drivers) no reference was named.
 */
function toSubject(
  id: string | null,
  attributes: Json,
): { imageId: string | null; reference: string | null } {
  const name = toReference(attributes['name']);
  const nameAsId = toImageId(name);
  const imageId = toImageId(id) ?? nameAsId;
  if (id !== null && toImageId(id) === null) return { imageId, reference: toReference(id) };
  return { imageId, reference: nameAsId === null ? name : null };
}

/** Events are remembered by the thousand: what is too long for a name is none, and a list tells then. */
function toReference(value: unknown): string | null {
  const text = asText(value);
  return text === null || text.length > MAX_REFERENCE_LENGTH ? null : text;
}

function parseLine(line: string): Json {
  try {
    return asObject(JSON.parse(line));
  } catch {
    return {};
  }
}

/**
 * Nanoseconds need more digits than a JSON number keeps, so they are read from the text; the property
 * stands last in every engine's event, behind all labels.
 */
function toTime(line: string, json: Json): bigint | null {
  const digits = /^"timeNano":\s*(\d{1,19})\b/.exec(line.slice(line.lastIndexOf('"timeNano":')));
  if (digits?.[1] !== undefined) return BigInt(digits[1]);
  const seconds = json['time'];
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds >= 0
    ? BigInt(seconds) * 1_000_000_000n
    : null;
}
