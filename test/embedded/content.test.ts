import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeSamples } from '../../samples/make.ts';
import { parse } from '../../src/embedded/content.ts';
import type { EmbeddedEndpoint } from '../../src/embedded/source.ts';
import { tarOf } from '../engines/archive.ts';
import { layoutTar } from '../engines/layout.ts';
import { type OpenEmbedded, openEmbedded } from './open-embedded.ts';

const SAMPLE = fileURLToPath(new URL('../../samples/layout/', import.meta.url));
const signal = () => AbortSignal.timeout(10_000);
let folder: string;
const opened: OpenEmbedded[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imagegraph-content-'));
});
afterEach(() => opened.splice(0).forEach((embedded) => embedded.close()));
afterAll(() => rm(folder, { recursive: true }));

function open(endpoint: EmbeddedEndpoint): OpenEmbedded {
  const embedded = openEmbedded(endpoint);
  opened.push(embedded);
  return embedded;
}

async function copyOfSample(name: string): Promise<string> {
  const copy = join(folder, name);
  await cp(SAMPLE, copy, { recursive: true });
  return copy;
}

const layoutRows = () => open({ kind: 'layout', directory: SAMPLE }).engine.listImages(signal());
const tagsOf = async ({ engine }: OpenEmbedded) =>
  (await engine.listImages(signal())).flatMap(({ tags }) => tags);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('the sample', () => {
  it('is what its script makes', async () => {
    const made = join(folder, 'made');
    await makeSamples(made);
    const files = (directory: string) =>
      readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name, parentPath }) => [name, sha256(readFileSync(join(parentPath, name)))])
        .sort();
    expect(files(made)).toEqual(files(SAMPLE));
  });
});

describe('an archive of a layout', () => {
  it.each(['plain', 'gzip'])('holds the same images as the layout, when it is %s', async (kind) => {
    const tar = join(folder, `${kind}.tar`);
    execFileSync('tar', ['-cf', tar, '-C', SAMPLE, '.']);
    if (kind === 'gzip') await writeFile(tar, gzipSync(await readFile(tar)));
    const { engine } = open({ kind: 'archive', file: tar });
    expect(await engine.listImages(signal())).toEqual(await layoutRows());
  });

  it('is read as far as it goes when it is cut off', async () => {
    const tar = join(folder, 'cut.tar');
    const layers = [await tarOf({ 'a/file': 'content' })];
    await writeFile(tar, await layoutTar([{ name: 'docker.io/demo/one:1', labels: {}, layers }]));
    const whole = open({ kind: 'archive', file: tar });
    expect(await tagsOf(whole)).toEqual(['demo/one:1']);
    await truncate(tar, 700);
    await expect(whole.engine.listImages(signal())).rejects.toThrow(/503/);
  });

  it('is no archive when it is something else', async () => {
    const file = join(folder, 'text.tar');
    await writeFile(file, 'x'.repeat(2_000));
    const { call } = open({ kind: 'archive', file });
    const { status, body } = await call('/v1.51/images/json');
    expect({ status, message: body.message }).toEqual({
      status: 503,
      message: 'the images cannot be read: it is neither a tar archive nor gzip of one',
    });
  });
});

describe('a docker save archive without OCI manifests', () => {
  it('is served as a graph driver would: by configuration, with parents, without manifests', async () => {
    const layers = { base: await tarOf({ base: 'b' }), top: await tarOf({ top: 'top' }) };
    const configOf = (created: string, diffIds: readonly Buffer[]) =>
      json({
        created,
        os: 'linux',
        architecture: 'amd64',
        config: { Labels: { team: 'a' } },
        rootfs: { type: 'layers', diff_ids: diffIds.map((layer) => `sha256:${sha256(layer)}`) },
      });
    const base = configOf('2024-01-01T00:00:00Z', [layers.base]);
    const child = configOf('2024-01-02T00:00:00Z', [layers.base, layers.top]);
    const file = join(folder, 'saved.tar');
    await writeFile(
      file,
      await tarOf({
        'base/layer.tar': layers.base,
        'top/layer.tar': layers.top,
        'base.json': base,
        'child.json': child,
        'manifest.json': json([
          {
            Config: 'child.json',
            RepoTags: ['demo/child:1'],
            Layers: ['base/layer.tar', 'top/layer.tar'],
            Parent: `sha256:${sha256(base)}`,
          },
          { Config: 'base.json', RepoTags: null, Layers: ['base/layer.tar'] },
          { Config: 'missing.json', RepoTags: ['demo/missing:1'], Layers: [] },
        ]),
      }),
    );
    const { engine } = open({ kind: 'archive', file });
    expect(await engine.facts()).toMatchObject({ kind: 'EMBEDDED', store: 'GRAPH_DRIVER' });
    const rows = await engine.listImages(signal());
    expect(rows).toEqual([
      expect.objectContaining({
        id: `sha256:${sha256(child)}`,
        parentId: `sha256:${sha256(base)}`,
        tags: ['demo/child:1'],
        manifests: null,
        descriptor: null,
        size: layers.base.length + layers.top.length,
        labels: [{ key: 'team', value: 'a' }],
      }),
      expect.objectContaining({ id: `sha256:${sha256(base)}`, parentId: null, tags: [] }),
    ]);
    expect(await engine.countImages(signal())).toBe(rows.length);
    const shared = await engine.sharedSizes(signal());
    expect(shared.get(`sha256:${sha256(child)}`)).toBe(layers.base.length);
  });
});

describe('a layout that changes', () => {
  it('is seen changed by the next question', async () => {
    const directory = await copyOfSample('changing');
    const embedded = open({ kind: 'layout', directory });
    expect(await tagsOf(embedded)).toContain('demo/tools:7');
    const index = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8'));
    const kept = { ...index, manifests: index.manifests.slice(0, 2) };
    await writeFile(join(directory, 'next'), JSON.stringify(kept));
    await rename(join(directory, 'next'), join(directory, 'index.json'));
    expect(await tagsOf(embedded)).toEqual(['demo/base:1.0', 'demo/base:latest']);
  });

  it('is unavailable while it is gone, and back when it is', async () => {
    const directory = await copyOfSample('gone');
    const embedded = open({ kind: 'layout', directory });
    expect(await tagsOf(embedded)).toContain('demo/tools:7');
    await rename(directory, `${directory}-away`);
    await expect(embedded.engine.listImages(signal())).rejects.toThrow(/503/);
    await rename(`${directory}-away`, directory);
    await expect
      .poll(() => tagsOf(embedded).catch(() => []), { timeout: 10_000 })
      .toContain('demo/tools:7');
  });
});

describe('a layout with bad content costs what is bad', () => {
  const manifestOf = async (directory: string, name: string): Promise<string> => {
    const index = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8'));
    const { digest } = index.manifests.find((m: any) =>
      m.annotations['io.containerd.image.name']?.includes(name),
    );
    return join(directory, 'blobs', digest.replace(':', '/'));
  };

  it('a manifest that is not what its digest says', async () => {
    const directory = await copyOfSample('forged');
    await writeFile(await manifestOf(directory, 'demo/base:1.0'), '{"schemaVersion":2}');
    const { engine, reports } = open({ kind: 'layout', directory });
    const rows = await engine.listImages(signal());
    const base = rows.find(({ tags }) => tags.includes('demo/base:1.0'));
    expect(base).toMatchObject({ created: null, size: 0, manifests: [{ available: false }] });
    expect(rows).toHaveLength(6);
    expect(reports).toEqual([expect.stringContaining('the blob is not what its digest says')]);
  });

  it('a blob that leads out of the layout', async () => {
    const directory = await copyOfSample('leading-out');
    const secret = join(folder, 'secret.json');
    const manifest = await manifestOf(directory, 'demo/base:1.0');
    await copyFile(manifest, secret);
    await rm(manifest);
    await symlink(secret, manifest);
    const rows = await open({ kind: 'layout', directory }).engine.listImages(signal());
    const base = rows.find(({ tags }) => tags.includes('demo/base:1.0'));
    expect(base?.manifests).toEqual([expect.objectContaining({ available: false })]);
  });

  it('an index that holds itself, or too many levels', async () => {
    const directory = join(folder, 'deep');
    await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    let inner = { mediaType, digest: `sha256:${'a'.repeat(64)}`, size: 1 };
    for (let level = 0; level < 50; level++) {
      const bytes = json({ schemaVersion: 2, manifests: [inner, inner] });
      inner = { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
      await writeFile(join(directory, 'blobs', 'sha256', sha256(bytes)), bytes);
    }
    await writeFile(join(directory, 'index.json'), json({ manifests: [inner] }));
    const rows = await open({ kind: 'layout', directory }).engine.listImages(signal());
    expect(rows).toEqual([expect.objectContaining({ id: inner.digest, manifests: [], size: 0 })]);
  });

  it.each([
    ['no JSON', 'not json {{{'],
    ['no object', '[]'],
    ['null', 'null'],
  ])('an index.json that is %s', async (_, text) => {
    const directory = join(folder, `index-${text.length}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'index.json'), text);
    const { call } = open({ kind: 'layout', directory });
    const { status, body } = await call('/v1.51/images/json');
    expect(status).toBe(503);
    expect(JSON.stringify(body)).not.toContain(folder);
    expect(JSON.stringify(body)).not.toContain('{{{');
  });

  it('names that are none, and bare tags', async () => {
    const directory = await copyOfSample('my-app.oci');
    const index = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8'));
    const [first] = index.manifests;
    const named = (name: string) => ({
      ...first,
      annotations: { 'org.opencontainers.image.ref.name': name },
    });
    const manifests = [
      '1.0',
      '../../etc',
      'team/UPPER:1',
      'quay.io/team/app:2',
      'quay.io/team/app',
    ].map(named);
    await writeFile(join(directory, 'index.json'), json({ manifests }));
    expect(await tagsOf(open({ kind: 'layout', directory }))).toEqual([
      'my-app:1.0',
      'quay.io/team/app:2',
      'quay.io/team/app:latest',
    ]);
  });
});

it('JSON of very many values is refused before it fills the memory', () => {
  const many = Buffer.from(`[${'{},'.repeat(300_000)}{}]`);
  expect(() => parse(many)).toThrow('it has too many values');
  expect(parse(Buffer.from('{"a":[1,2]}'))).toEqual({ a: [1, 2] });
});
