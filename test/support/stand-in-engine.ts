import type { RequestListener } from 'node:http';
import { type HttpEngine, sendJson, startHttpEngine } from './http-engine.ts';

/** Docker's JSON of one image; what is left out is as the engine gives it for a plain image. */
export interface ImageJson {
  readonly Id: string;
  readonly ParentId?: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Created?: number;
  readonly Size?: number;
  readonly SharedSize?: number;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Descriptor?: object;
  readonly Manifests?: readonly object[];
}

export interface StandIn {
  readonly images: readonly ImageJson[];
  readonly containers?: readonly object[];
  readonly info?: object;
  readonly apiVersion?: string;
}

/** sha256: and 64 digits that a number decides. */
export function idOf(number: number): string {
  return `sha256:${number.toString(16).padStart(64, '0')}`;
}

/** An engine that answers with what a test says, read anew for each call. */
export function startStandInEngine(content: StandIn | (() => StandIn)): Promise<HttpEngine> {
  return startHttpEngine(standInAnswers(content));
}

/** How such an engine answers. */
export function standInAnswers(content: StandIn | (() => StandIn)): RequestListener {
  const now = typeof content === 'function' ? content : () => content;
  return (request, response) => {
    const { images, containers = [], info = {}, apiVersion = '1.51' } = now();
    const path = new URL(request.url ?? '', 'http://engine').pathname.replace(/^\/v1\.\d+/, '');
    if (path === '/_ping') return void response.end('OK');
    if (path === '/info') return sendJson(response, info);
    if (path === '/images/json') return sendJson(response, images);
    if (path === '/containers/json') return sendJson(response, containers);
    if (path !== '/version') return sendJson(response, { message: 'page not found' }, 404);
    return sendJson(response, {
      ApiVersion: apiVersion,
      MinAPIVersion: '1.24',
      Os: 'linux',
      Arch: 'amd64',
    });
  };
}

/** Images of a containerd store: a chain of parents, an index of two platforms each, one container each. */
export function containerdStore(count: number): StandIn {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  return {
    info: { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] },
    images: numbers.map((number) => ({
      Id: idOf(number),
      ParentId: number > 1 && number % 5 !== 0 ? idOf(number - 1) : '',
      RepoTags: [`demo/app-${number}:1`],
      RepoDigests: [`demo/app-${number}@${idOf(number)}`],
      Created: 1_700_000_000 + number,
      Size: number * 1_000,
      SharedSize: 500,
      Labels: { 'org.example.number': String(number) },
      Descriptor: {
        mediaType: 'application/vnd.oci.image.index.v1+json',
        digest: idOf(number),
        size: 1,
      },
      Manifests: ['amd64', 'arm64'].map((architecture, at) =>
        manifest(number * 10 + at, architecture),
      ),
    })),
    containers: numbers.map((number) => ({
      Id: number.toString(16).padStart(64, 'c'),
      Names: [`/app-${number}`],
      ImageID: idOf(number),
      Image: `demo/app-${number}:1`,
      State: number % 2 === 0 ? 'running' : 'exited',
      Status: 'Up 3 hours',
      Created: 1_700_000_000 + number,
    })),
  };
}

function manifest(number: number, architecture: string): object {
  const digest = `sha256:${number.toString(16).padStart(64, 'f')}`;
  return {
    ID: digest,
    Descriptor: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 },
    Available: true,
    Kind: 'image',
    Size: { Content: 10, Total: 30 },
    ImageData: {
      Platform: { os: 'linux', architecture },
      Size: { Unpacked: 20 },
      Containers: null,
    },
  };
}
