import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pack } from 'tar-stream';

/**
 * Makes the sample images, an OCI image layout of a few kilobytes: a parent chain, images of several
 * platforms with attestations, one that was pulled for one platform only, shared layers, one image under
 * two repositories, and one that lost its name to a later build. The same bytes on every machine: plain
 * tars, because compressors differ, and times that are written down here.
 */
export async function makeSamples(directory: string): Promise<void> {
  const blobs = new Map<string, Buffer>();
  const manifests = await describeImages(createStore(blobs));
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  for (const [hex, bytes] of blobs) await writeFile(join(directory, 'blobs', 'sha256', hex), bytes);
  await writeFile(join(directory, 'oci-layout'), text({ imageLayoutVersion: '1.0.0' }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  await writeFile(join(directory, 'index.json'), text({ schemaVersion: 2, mediaType, manifests }));
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A layer and the command that made it. */
interface Layer {
  readonly descriptor: Descriptor;
  readonly createdBy: string;
}

interface Image {
  readonly layers: readonly Layer[];
  readonly created: string;
  readonly architecture?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly settings?: object;
  /** Only described: neither its configuration nor its own layers are in the store. */
  readonly absent?: boolean;
}

type Store = ReturnType<typeof createStore>;

function createStore(blobs: Map<string, Buffer>) {
  const describe = (mediaType: string, bytes: Buffer, keep = true): Descriptor => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    if (keep) blobs.set(hex, bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  return {
    /** Files by path; their content is some lines about themselves, as many as say how big it is. */
    async layer(createdBy: string, files: Readonly<Record<string, number>>, keep = true): Promise<Layer> {
      const bytes = await tarOf(files);
      return { createdBy, descriptor: describe('application/vnd.oci.image.layer.v1.tar', bytes, keep) };
    },
    image(image: Image): Descriptor {
      const keep = image.absent !== true;
      const layers = image.layers.map(({ descriptor }) => descriptor);
      const config = describe('application/vnd.oci.image.config.v1+json', configOf(image), keep);
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      const manifest = text({ schemaVersion: 2, mediaType, config, layers });
      const platform = { os: 'linux', architecture: image.architecture ?? 'amd64' };
      return { ...describe(mediaType, manifest, keep), platform };
    },
    /** A statement about an image, in the form in which BuildKit attaches it. */
    attestation(about: Descriptor, predicateType: string, predicate: object): Descriptor {
      const subject = [{ name: '_', digest: { sha256: about.digest.slice('sha256:'.length) } }];
      const statement = { _type: 'https://in-toto.io/Statement/v0.1', predicateType, subject, predicate };
      const annotations = { 'in-toto.io/predicate-type': predicateType };
      const layer = { ...describe('application/vnd.in-toto+json', text(statement)), annotations };
      const platform = { os: 'unknown', architecture: 'unknown' };
      const rootfs = { type: 'layers', diff_ids: [layer.digest] };
      const config = describe(
        'application/vnd.oci.image.config.v1+json',
        text({ ...platform, rootfs }),
      );
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      const manifest = describe(mediaType, text({ schemaVersion: 2, mediaType, config, layers: [layer] }));
      return {
        ...manifest,
        platform,
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': about.digest,
        },
      };
    },
    index(manifests: readonly Descriptor[]): Descriptor {
      const mediaType = 'application/vnd.oci.image.index.v1+json';
      return describe(mediaType, text({ schemaVersion: 2, mediaType, manifests }));
    },
  };
}

async function describeImages(store: Store): Promise<Descriptor[]> {
  const base = await store.layer('ADD rootfs.tar / # buildkit', { 'etc/os-release': 3, 'bin/sh': 90 });
  const runtime = await store.layer('COPY runtime /usr/local/bin # buildkit', { 'usr/local/bin/node': 160 });
  const shop = await store.layer('COPY shop /srv/shop # buildkit', { 'srv/shop/server.js': 40 });
  const earlier = await store.layer('COPY shop /srv/shop # buildkit', { 'srv/shop/server.js': 35 });

  const label = 'org.opencontainers.image';
  const demoBase = store.image({
    layers: [base],
    created: '2026-03-02T08:00:00Z',
    labels: { [`${label}.title`]: 'base', [`${label}.version`]: '1.0' },
    settings: { Cmd: ['/bin/sh'] },
  });
  const demoRuntime = store.image({
    layers: [base, runtime],
    created: '2026-04-10T09:30:00Z',
    labels: { [`${label}.title`]: 'runtime', [`${label}.base.name`]: 'docker.io/demo/base:1.0' },
    settings: { Env: ['PATH=/usr/local/bin:/bin'], Entrypoint: ['/usr/local/bin/node'] },
  });
  const shopSettings = {
    Env: ['PATH=/usr/local/bin:/bin', 'PORT=8080'],
    Entrypoint: ['/usr/local/bin/node'],
    Cmd: ['/srv/shop/server.js'],
    ExposedPorts: { '8080/tcp': {} },
    User: '1000',
    WorkingDir: '/srv/shop',
  };
  const demoShop = store.image({
    layers: [base, runtime, shop],
    created: '2026-06-01T12:00:00Z',
    labels: { [`${label}.title`]: 'shop', [`${label}.version`]: '2.3.0', team: 'payments' },
    settings: shopSettings,
  });
  const shopBefore = store.image({
    layers: [base, runtime, earlier],
    created: '2026-05-20T12:00:00Z',
    labels: { [`${label}.title`]: 'shop', [`${label}.version`]: '2.2.0', team: 'payments' },
    settings: shopSettings,
  });
  const web = await multiPlatform(store, base);
  const tools = await partlyPulled(store, base);
  return [
    named(demoBase, 'docker.io/demo/base:1.0'),
    named(demoBase, 'docker.io/demo/base:latest'),
    named(demoRuntime, 'docker.io/demo/runtime:20', demoBase),
    named(demoShop, 'docker.io/demo/shop:2.3.0', demoRuntime),
    named(demoShop, 'ghcr.io/example/shop:2.3.0', demoRuntime),
    named(shopBefore, null, demoRuntime),
    named(web, 'docker.io/demo/web:1.4.0'),
    named(web, 'docker.io/demo/web:latest'),
    named(tools, 'docker.io/demo/tools:7'),
  ];
}

/** linux/amd64 and linux/arm64, each with a statement how it was built. */
async function multiPlatform(store: Store, base: Layer): Promise<Descriptor> {
  const created = '2026-07-15T16:45:00Z';
  const labels = { 'org.opencontainers.image.title': 'web', team: 'frontend' };
  const site = await store.layer('COPY site /srv/www # buildkit', { 'srv/www/index.html': 25 });
  const armBase = await store.layer('ADD rootfs.tar / # buildkit', { 'etc/os-release': 3, 'bin/sh': 85 });
  const images = [
    store.image({ layers: [base, site], created, labels }),
    store.image({ layers: [armBase, site], created, labels, architecture: 'arm64' }),
  ];
  const statements = images.map((image) =>
    store.attestation(image, 'https://slsa.dev/provenance/v0.2', {
      buildType: 'https://mobyproject.org/buildkit@v1',
      builder: { id: 'https://ci.example.com/builds/42' },
    }),
  );
  return store.index([...images, ...statements]);
}

/** As docker pull leaves it on a machine of one platform: the index names more than is here. */
async function partlyPulled(store: Store, base: Layer): Promise<Descriptor> {
  const created = '2026-02-11T07:15:00Z';
  const kit = await store.layer('COPY tools /usr/bin # buildkit', { 'usr/bin/kit': 60 });
  const elsewhere = await store.layer('COPY tools /usr/bin # buildkit', { 'usr/bin/kit': 61 }, false);
  return store.index([
    store.image({ layers: [base, kit], created }),
    store.image({ layers: [elsewhere], created, architecture: 'arm64', absent: true }),
    store.image({ layers: [elsewhere], created, architecture: 's390x', absent: true }),
  ]);
}

function named(target: Descriptor, name: string | null, parent?: Descriptor): Descriptor {
  const annotations = {
    ...(name === null
      ? {}
      : {
          'io.containerd.image.name': name,
          'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
        }),
    ...(parent === undefined ? {} : { 'org.mobyproject.image.parent': parent.digest }),
  };
  return { ...target, annotations };
}

function configOf({ layers, created, architecture, labels, settings }: Image): Buffer {
  const history = layers.map(({ createdBy }) => ({ created, created_by: createdBy, comment: 'buildkit' }));
  const last = { created, created_by: 'LABEL … # buildkit', comment: 'buildkit', empty_layer: true };
  return text({
    created,
    os: 'linux',
    architecture: architecture ?? 'amd64',
    config: { ...settings, ...(labels === undefined ? {} : { Labels: labels }) },
    rootfs: { type: 'layers', diff_ids: layers.map(({ descriptor }) => descriptor.digest) },
    history: labels === undefined ? history : [...history, last],
  });
}

async function tarOf(files: Readonly<Record<string, number>>): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  tar.on('data', (chunk) => chunks.push(chunk as Buffer));
  const ended = new Promise<void>((resolve) => tar.on('end', () => resolve()));
  for (const [name, lines] of Object.entries(files)) {
    const content = Array.from({ length: lines }, (_, line) => `${name}, line ${line + 1}\n`).join('');
    tar.entry({ name, mode: 0o755, mtime: new Date(0) }, content);
  }
  tar.finalize();
  await ended;
  return Buffer.concat(chunks);
}

function text(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

const started = process.argv[1];
if (started !== undefined && import.meta.url === pathToFileURL(started).href) {
  await makeSamples(fileURLToPath(new URL('layout', import.meta.url)));
}
