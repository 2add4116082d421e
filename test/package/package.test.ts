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
import { buildSchema, isScalarType, isSpecifiedScalarType, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../main/program.ts';

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
  const filter = (path: string) => !left.has(path) && !path.endsWith('/node_modules');
  cpSync(ROOT, clone, { recursive: true, filter });
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

  it('is run by npx as the README says', async () => {
    const [, line = ''] = /\n(npx .*)\n/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
    const question = `query '{ images { totalCount } }' --engine sample`;
    const { stdout } = await run('bash', ['-c', `${line} ${question}`], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({ data: { images: { totalCount: 6 } } });
  }, 120_000);

  it('answers a question without a server', async () => {
    const bin = join(folder, 'node_modules/.bin/imagegraph');
    const args = ['query', '{ images { totalCount } }', '--engine', 'sample'];
    const { stdout } = await run(bin, args);
    expect(JSON.parse(stdout)).toEqual({ data: { images: { totalCount: 6 } } });
  });

  it('is a library that serves as docs/library.md says', async () => {
    const text = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
    const [, example = ''] = /```js\n([^]*?)```/.exec(text) ?? [];
    writeFileSync(join(folder, 'example.mjs'), example);
    const child = spawn(process.execPath, ['example.mjs'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /ready at (\S+)/.exec(line.toString())?.[1] as string;
    const answer = await ask(url, '{ images { totalCount } }');
    expect(answer).toEqual({ data: { images: { totalCount: 6 } } });
    child.kill();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('says what is wrong with what it is given, as the program would', async () => {
    const wrong = [[], ['x y'], ['none:/'], 'sample', [5], null];
    const code = `import { connectEngines } from 'imagegraph';
      for (const engines of ${JSON.stringify(wrong)}) {
        try { connectEngines({ engines }); console.log('taken'); }
        catch (error) { console.log(error.constructor.name, error.message.split('\\n')[0]); }
      }
      connectEngines({ engines: ['sample'], env: { IMAGEGRAPH_PORT: 'no port' } }).close();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
    });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(wrong.length);
    for (const line of lines) expect(line).toMatch(/^Error .*\./);
  });

  it('lets a frontend generate its types as docs/library.md says', async () => {
    const text = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
    const [, config = ''] = /```ts\n([^]*?)```/.exec(text) ?? [];
    const frontend = join(folder, 'frontend');
    mkdirSync(join(frontend, 'src'), { recursive: true });
    // The frontend's own generator; the package comes from the tarball.
    mkdirSync(join(frontend, 'node_modules'));
    for (const name of ['@graphql-codegen', 'graphql']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(frontend, 'node_modules', name));
    }
    symlinkSync(join(folder, 'node_modules/imagegraph'), join(frontend, 'node_modules/imagegraph'));
    writeFileSync(join(frontend, 'package.json'), '{"type":"module"}');
    writeFileSync(join(frontend, 'codegen.ts'), config);
    writeFileSync(
      join(frontend, 'src/page.graphql'),
      'query Page { images { nodes { created size } } }',
    );
    await run(join(ROOT, 'node_modules/.bin/graphql-codegen'), [], { cwd: frontend });
    const generated = readFileSync(join(frontend, 'gql/graphql.ts'), 'utf8');
    expect(generated).toContain('created: string | null');
    expect(generated).toContain('size: number');
  });

  it('gives frontends fragments and scalars that its schema has', async () => {
    const code = `import * as client from 'imagegraph/client'; console.log(JSON.stringify(client));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
    });
    const { scalars, ...fragments } = JSON.parse(stdout) as {
      scalars: Record<string, string>;
      [fragment: string]: any;
    };
    const at = join(folder, 'node_modules/imagegraph/schema.graphql');
    const schema = buildSchema(readFileSync(at, 'utf8'));
    const custom = Object.values(schema.getTypeMap()).filter(
      (type) => isScalarType(type) && !isSpecifiedScalarType(type),
    );
    expect(Object.keys(scalars).sort()).toEqual(custom.map(({ name }) => name).sort());
    for (const text of Object.values(fragments) as string[]) {
      const [, name = ''] = /^\s*fragment (\w+)/.exec(text) ?? [];
      const document = parse(`${text} query Q { images { nodes { ...${name} } } }`);
      expect(validate(schema, document)).toEqual([]);
    }
  });
});
