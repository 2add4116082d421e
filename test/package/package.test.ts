import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** What npm pack says of the package. */
interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** As it is after git clone and npm ci, but for what an older release has left in dist. */
function copyOfClone(folder: string): string {
  const clone = join(folder, 'clone');
  const names = ['.git', '.cache', 'dist', 'node_modules'];
  const left = new Set(names.map((name) => join(ROOT, name)));
  cpSync(ROOT, clone, { recursive: true, filter: (path) => !left.has(path) });
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  mkdirSync(join(clone, 'dist'));
  writeFileSync(join(clone, 'dist/left-over.js'), '');
  return clone;
}

describe('the packed package', () => {
  let folder: string;
  let packed: Packed;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imagegraph-package-'));
    const clone = copyOfClone(folder);
    const args = ['pack', '--json', '--pack-destination', folder];
    const { stdout } = await run('npm', args, { cwd: clone });
    const printed = JSON.parse(stdout) as Packed[] | Record<string, Packed>;
    packed = Object.values(printed)[0] as Packed;
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const tarball = join(folder, packed.filename);
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    await run('npm', ['install', '--engine-strict', ...quiet, tarball], { cwd: folder });
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('holds the program, the schema, the sample images and the versions of all it needs, no more', () => {
    const paths = packed.files.map(({ path }) => path);
    const tops = new Set(
      paths.map((path) =>
        path
          .split('/')
          .slice(0, path.startsWith('samples/') ? 2 : 1)
          .join('/'),
      ),
    );
    expect([...tops].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'npm-shrinkwrap.json',
      'package.json',
      'samples/layout',
      'schema.graphql',
      'subgraph.graphql',
    ]);
    expect(
      paths.filter((path) => path.startsWith('dist/')).every((path) => /\.(js|d\.ts)$/.test(path)),
    ).toBe(true);
  });

  it('is built when it is packed, and holds nothing of an earlier build', () => {
    const built = packed.files.map(({ path }) => path).filter((path) => path.startsWith('dist/'));
    expect(built).toContain('dist/main.js');
    expect(built).not.toContain('dist/left-over.js');
  });

  it('installs the very versions that the clone has', () => {
    const versionIn = (place: string, name: string) =>
      (
        JSON.parse(readFileSync(join(place, 'node_modules', name, 'package.json'), 'utf8')) as {
          version: string;
        }
      ).version;
    for (const name of [
      'graphql',
      'graphql-yoga',
      '@whatwg-node/promise-helpers',
      '@whatwg-node/fetch',
    ]) {
      const installed = [folder, join(folder, 'node_modules/imagegraph')].find((place) => {
        try {
          return versionIn(place, name);
        } catch {
          return false;
        }
      });
      expect(versionIn(installed as string, name)).toBe(versionIn(ROOT, name));
    }
  });

  it('runs as imagegraph, and serves the sample', async () => {
    const bin = join(folder, 'node_modules/.bin/imagegraph');
    const child = spawn(bin, ['--engine', 'sample', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /ready at (\S+)/.exec(line.toString())?.[1] as string;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ image(reference: \\"demo/shop:2.3.0\\") { ancestors { repoTags { reference } } } }"}',
    });
    const { data } = (await response.json()) as { data: { image: { ancestors: unknown[] } } };
    expect(data.image.ancestors).toHaveLength(2);
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>imagegraph</title>');
    child.kill();
    await once(child, 'exit');
  });
});
