import type { ContainerRow } from '../../src/engine/container-row.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineFacts } from '../../src/engine/engine-facts.ts';
import type { ImageRow, KeyValue, ManifestRow } from '../../src/engine/image-row.ts';
import { EngineError } from '../../src/engine/engine-error.ts';
import type { ImageIndex, IndexState } from '../../src/image-index/image-index.ts';
import { createImageDetails } from '../../src/image-index/details/image-details.ts';
import { createImageView, type ImageView } from '../../src/image-index/image-view.ts';
import { detailOf, historyOf } from './fixed-details.ts';
import { idOf } from './stand-in-engine.ts';

/** What a fixed index holds; all of it may be changed between operations. */
export interface FixedContent {
  images: readonly ImageRow[];
  containers: readonly ContainerRow[];
  /** Null where answers must not be given again. */
  version: string | null;
  status: 'READY' | 'CONNECTING' | 'UNAVAILABLE';
  facts: EngineFacts | null;
  /** Whether reads give something older than what was announced. */
  stale: boolean;
}

/** An index in memory, as warm as a live one, that counts the operations that read it. */
export interface FixedIndex extends ImageIndex {
  readonly content: FixedContent;
  readonly reads: number;
}

const FACTS: EngineFacts = {
  kind: 'DOCKER',
  version: '28.5.2',
  api: 51,
  minApi: 24,
  store: 'CONTAINERD',
  operatingSystem: 'linux',
  architecture: 'amd64',
  engineId: 'e',
};

/** An index that nothing changes but the test. @param makeView of the build that is measured */
export function createFixedIndex(
  name: string,
  given: Partial<FixedContent> = {},
  makeView: typeof createImageView = createImageView,
): FixedIndex {
  const content: FixedContent = {
    images: [],
    containers: [],
    version: '1',
    status: 'READY',
    facts: FACTS,
    stale: false,
    ...given,
  };
  let reads = 0;
  let view: ImageView | null = null;
  const available = () => {
    if (content.status === 'READY') return;
    throw new EngineError('ENGINE_UNAVAILABLE', name, 'connect ECONNREFUSED /run/secret.sock');
  };
  const engine = {
    name,
    status: () => content.status,
    facts: async () => content.facts,
    async ready() {
      available();
      return content.facts ?? FACTS;
    },
    inspectImage: async (id) => detailOf(content.images, id),
    imageHistory: async (id) => historyOf(content.images, id),
  } as Partial<Engine> as Engine;
  const details = createImageDetails(engine);
  return {
    content,
    get reads() {
      return reads;
    },
    engine,
    read(signal) {
      reads++;
      return {
        details: details.reads(signal),
        async images() {
          available();
          if (view?.rows !== content.images) view = makeView(name, content.images);
          return view;
        },
        async containers() {
          available();
          return content.containers;
        },
        async statusTexts() {
          available();
          return new Map(content.containers.map((row) => [row.id, 'Up 4 hours']));
        },
        async sharedSizes() {
          available();
          return new Map(content.images.map((row) => [row.id, 500]));
        },
        async diskUsage() {
          available();
          return { totalSize: 10_000, reclaimableSize: 4_000, hasBuildCache: false };
        },
        isStale: () => content.stale,
      };
    },
    version: () => content.version,
    state: () => STATE,
    close: () => {},
  };
}

/** Without a full read, so that no answer has an age, which two answers could not share. */
const STATE: IndexState = {
  mode: 'LIVE',
  images: 1,
  containers: 1,
  lastEventAt: 0,
  lastFullReadAt: null,
  fullReads: 1,
  targetedReads: 0,
  readsSaved: 0,
  generation: 1,
};

/** Rows as a containerd store has them: every fifth starts a chain of parents, every tenth is in use. */
export function manyImages(count: number): Pick<FixedContent, 'images' | 'containers'> {
  const numbers = Array.from({ length: count }, (_, at) => count - at);
  const rows = {
    images: numbers.map(imageRow),
    containers: numbers.filter((n) => n % 10 === 0).map(containerRow),
  };
  // Rows of an engine come out of JSON, and strings that do are quicker than those that were put together.
  return JSON.parse(JSON.stringify(rows)) as typeof rows;
}

/** What JSON has to escape, in an image that is older than all others. */
export const ODD_IMAGE: ImageRow = {
  ...imageRow(0),
  tags: [],
  digests: [],
  manifests: null,
  descriptor: null,
  created: 0,
  labels: [
    { key: '__proto__', value: '' },
    { key: 'quoted', value: '"\\\n\u2028 é 漢 \ud800' },
  ],
};

function imageRow(number: number): ImageRow {
  const id = idOf(number);
  const name = number % 3 === 0 ? `ghcr.io/demo/app-${number}` : `demo/app-${number}`;
  return {
    id,
    parentId: number > 1 && number % 5 !== 0 ? idOf(number - 1) : null,
    tags: number % 25 === 7 ? [] : [`${name}:1.${number}`, `${name}:latest`],
    digests: [`${name}@${id}`],
    created: number % 100 === 50 ? null : 1_700_000_000 + number,
    size: number * 1_000,
    labels: labels(number),
    manifests: [
      manifest(number, 'amd64', true),
      manifest(number, 'arm64', number % 2 === 0),
      attestation(number),
    ],
    descriptor: descriptor(id, 'application/vnd.oci.image.index.v1+json'),
  };
}

function labels(number: number): KeyValue[] {
  return [
    { key: 'com.example.team', value: number % 2 === 0 ? 'payments' : 'shop' },
    { key: 'org.opencontainers.image.created', value: '2026-06-01T12:00:00Z' },
    { key: 'org.opencontainers.image.title', value: `app ${number}` },
    { key: 'org.opencontainers.image.version', value: `1.${number}` },
  ];
}

function descriptor(digest: string, mediaType: string) {
  return { mediaType, digest, size: 856, platform: null, annotations: [], artifactType: null };
}

function manifest(number: number, architecture: string, available: boolean): ManifestRow {
  const digest = `sha256:${architecture === 'amd64' ? 'a' : 'b'}${number.toString(16).padStart(63, '0')}`;
  return {
    digest,
    descriptor: descriptor(digest, 'application/vnd.oci.image.manifest.v1+json'),
    available,
    kind: 'IMAGE',
    contentSize: number * 10,
    totalSize: number * 30,
    unpackedSize: number * 20,
    platform: { os: 'linux', architecture, variant: null, osVersion: null },
    containerIds: [],
    attestsDigest: null,
  };
}

function attestation(number: number): ManifestRow {
  const digest = `sha256:c${number.toString(16).padStart(63, '0')}`;
  return {
    ...manifest(number, 'amd64', true),
    digest,
    kind: 'ATTESTATION',
    platform: null,
    unpackedSize: null,
    attestsDigest: `sha256:a${number.toString(16).padStart(63, '0')}`,
  };
}

function containerRow(number: number): ContainerRow {
  return {
    id: number.toString(16).padStart(64, 'c'),
    name: `app-${number}`,
    state: number % 20 === 0 ? 'RUNNING' : 'EXITED',
    statusText: 'Up 3 hours',
    created: 1_700_000_000 + number,
    imageReference: `demo/app-${number}:latest`,
    imageId: idOf(number),
    manifestDigest: null,
  };
}
