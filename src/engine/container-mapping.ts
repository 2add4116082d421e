import type { ContainerRow, ContainerState } from './container-row.ts';
import { toImageId, toSeconds } from './image-mapping.ts';
import { asObject, asStrings, asText, type Json } from './json-values.ts';
import { isDigest } from './reference.ts';

const STATES: ReadonlyMap<string, ContainerState> = new Map(
  Object.entries<ContainerState>({
    created: 'CREATED',
    running: 'RUNNING',
    paused: 'PAUSED',
    restarting: 'RESTARTING',
    removing: 'REMOVING',
    exited: 'EXITED',
    dead: 'DEAD',
    // Podman's own states (libpod/define/containerstate.go).
    configured: 'CREATED',
    initialized: 'CREATED',
    stopping: 'STOPPED',
    stopped: 'STOPPED',
  }),
);

/** One element of GET /containers/json, or null when it has no ID. */
export function toContainerRow(json: Json): ContainerRow | null {
  const id = asText(json['Id']);
  if (id === null) return null;
  const manifest = asText(asObject(json['ImageManifestDescriptor'])['digest']);
  return {
    id,
    name: toName(asStrings(json['Names']), id),
    // State exists from API 1.24 on.
    state: STATES.get(asText(json['State'])?.toLowerCase() ?? '') ?? 'UNKNOWN',
    statusText: asText(json['Status']) ?? '',
    created: toSeconds(json['Created']),
    imageReference: asText(json['Image']) ?? '',
    imageId: toImageId(json['ImageID']),
    manifestDigest: manifest !== null && isDigest(manifest) ? manifest : null,
  };
}

/** Names start with a slash; a second one marks the name of a link, which is another container's alias. */
function toName(names: readonly string[], id: string): string {
  const own = names.find((name) => name.lastIndexOf('/') === 0) ?? names[0];
  return own === undefined ? id.slice(0, 12) : own.replace(/^\//, '');
}
