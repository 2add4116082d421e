import { EngineError } from './engine-error.ts';
import type { ApiVersion, EngineFacts, EngineKind, ImageStore } from './engine-facts.ts';
import { asObject, asText, type Json } from './json-values.ts';

/** The API versions whose answers this client knows; a newer engine is spoken to at the newest of them. */
const OLDEST_KNOWN: ApiVersion = 24;
const NEWEST_KNOWN: ApiVersion = 56;

/** The name of the embedded engine's component in GET /version. */
const EMBEDDED_COMPONENT = 'imagegraph embedded engine';

/**
 * Agrees on an API version from an unversioned GET /version. A versioned one would be refused by an engine
 * that does not know it, and an unversioned path serves the newest version the engine has, which changes
 * with every upgrade: so the agreed version prefixes all further calls.
 * @throws EngineError ENGINE_INCOMPATIBLE
 */
export function negotiate(engine: string, version: Json): { api: ApiVersion; minApi: ApiVersion } {
  const newest = toApiVersion(version['ApiVersion']);
  if (newest === null) {
    throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'GET /version has no ApiVersion');
  }
  // MinAPIVersion exists from API 1.25 on (engine 1.13).
  const minApi = toApiVersion(version['MinAPIVersion']) ?? OLDEST_KNOWN;
  const api = Math.min(newest, NEWEST_KNOWN);
  if (api < OLDEST_KNOWN || api < minApi) {
    const range = `1.${minApi} to 1.${newest}`;
    throw new EngineError('ENGINE_INCOMPATIBLE', engine, `the engine speaks API ${range} only`);
  }
  return { api, minApi };
}

function toApiVersion(value: unknown): ApiVersion | null {
  const match = /^1\.(\d{1,4})$/.exec(asText(value) ?? '');
  return match === null ? null : Number(match[1]);
}

/** What GET /version and GET /info together say of an engine. */
export function toEngineFacts(
  versions: { api: ApiVersion; minApi: ApiVersion },
  version: Json,
  info: Json,
): EngineFacts {
  const kind = toKind(version);
  return {
    kind,
    version: asText(version['Version']) ?? '',
    ...versions,
    store: toStore(kind, info),
    operatingSystem: asText(version['Os']),
    architecture: asText(version['Arch']),
    // Podman draws a new one for every answer.
    engineId: kind === 'PODMAN' ? null : asText(info['ID']),
  };
}

function toKind(version: Json): EngineKind {
  // Components exists from API 1.35 on; older engines are all Docker's.
  const components = Array.isArray(version['Components']) ? version['Components'] : [];
  const names = new Set(components.map((component) => asObject(component)['Name']));
  if (names.has('Podman Engine')) return 'PODMAN';
  return names.has(EMBEDDED_COMPONENT) ? 'EMBEDDED' : 'DOCKER';
}

/** Both of Docker's stores occur at every API version from 1.43 on: only /info tells which it is. */
function toStore(kind: EngineKind, info: Json): ImageStore {
  if (kind === 'PODMAN') return 'CONTAINERS_STORAGE';
  if (kind === 'EMBEDDED') return info['Driver'] === 'oci-layout' ? 'OCI_LAYOUT' : 'GRAPH_DRIVER';
  const status = Array.isArray(info['DriverStatus']) ? info['DriverStatus'] : [];
  const containerd = status.some(
    (pair) =>
      Array.isArray(pair) &&
      pair[0] === 'driver-type' &&
      pair[1] === 'io.containerd.snapshotter.v1',
  );
  return containerd ? 'CONTAINERD' : 'GRAPH_DRIVER';
}
