import { createHash } from 'node:crypto';
import { toSummary } from './answers.ts';
import type { Catalogue } from './catalogue.ts';
import { HOST_ARCHITECTURE } from './layout-images.ts';
import type { Source } from './source.ts';

/** Answers have the shape of 1.51; nothing that 1.44 asks for is missing from it. */
export const API = { newest: 51, oldest: 44 } as const;

/** Value of the Api-Version header. */
export const API_VERSION = `1.${API.newest}`;

/** What GET /version answers. */
export function toVersion(version: string): object {
  return {
    Platform: { Name: 'imagegraph' },
    // The engine client knows an embedded engine by this name.
    Components: [{ Name: 'imagegraph embedded engine', Version: version }],
    Version: version,
    ApiVersion: API_VERSION,
    MinAPIVersion: `1.${API.oldest}`,
    Os: 'linux',
    Arch: HOST_ARCHITECTURE,
  };
}

/** Answered before all images are read, which takes seconds for ten thousand. */
export async function toInfo(source: Source, version: string): Promise<object> {
  const { driver, images } = await source.overview();
  return {
    // The same images at the same place are the same engine, also after a restart.
    ID: createHash('sha256').update(source.path).digest('hex').slice(0, 32),
    Containers: 0,
    Images: images,
    Driver: driver,
    DriverStatus: [],
    OSType: 'linux',
    OperatingSystem: 'OCI content on disk',
    Architecture: HOST_ARCHITECTURE,
    ServerVersion: version,
  };
}

/** What GET /system/df answers, in the shape of 1.51. */
export function toDiskUsage(catalogue: Catalogue): object {
  const options = { manifests: false, sharedSize: true };
  return {
    LayersSize: catalogue.contentSize(),
    Images: catalogue.images.map((image) => toSummary(catalogue, image, options)),
    Containers: [],
    Volumes: [],
    BuildCache: [],
  };
}
