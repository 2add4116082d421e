import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../main/program.ts';
import { buildIn, execForm, INSTRUCTIONS, lastStage } from './dockerfile.ts';

const run = promisify(execFile);

const [entrypoint = ''] = lastStage('ENTRYPOINT');
const [healthcheck = ''] = lastStage('HEALTHCHECK');

describe('the Dockerfile', () => {
  it('names its base images by a tag, and begins nothing as root or through a shell', () => {
    const bases = INSTRUCTIONS.flatMap(({ word, rest }) => (word === 'FROM' ? [rest] : []));
    for (const base of bases) expect(base).toMatch(/^node:\d+-bookworm-slim( AS \w+)?$/);
    expect(lastStage('USER')).toEqual(['node']);
    expect(lastStage('RUN')).toEqual([]);
    expect(execForm(entrypoint)).toEqual(['node', '/app/dist/main.js']);
    expect(healthcheck).toContain('CMD ["node"');
    expect(lastStage('EXPOSE')).toEqual(['4000']);
    expect(INSTRUCTIONS.filter(({ word }) => word === 'ADD' || word === 'ARG')).toEqual([]);
  });

  it('runs no install scripts', () => {
    const installs = INSTRUCTIONS.filter(({ rest }) => rest.startsWith('npm ci'));
    expect(installs).toHaveLength(2);
    for (const { rest } of installs) expect(rest).toContain('--ignore-scripts');
  });
});

describe('what the Dockerfile builds', () => {
  let folder: string;
  let root: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imagegraph-image-'));
    // For whoever the image's user is.
    chmodSync(folder, 0o755);
    root = await buildIn(folder);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const command = () =>
    execForm(entrypoint).map((word) => (word.startsWith('/') ? join(root, word) : word));
  const environment = () => {
    const pairs = lastStage('ENV').flatMap((line) => line.split(' '));
    const own = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
    return { PATH: process.env['PATH'], ...own };
  };

  it('is the program without what only its making needs', () => {
    const modules = join(root, 'app/node_modules');
    expect(existsSync(join(modules, 'graphql-yoga'))).toBe(true);
    for (const name of ['typescript', 'vitest', 'oxlint']) {
      expect(existsSync(join(modules, name))).toBe(false);
    }
    expect(readdirSync(join(root, 'app')).sort()).toEqual([
      'LICENSE',
      'dist',
      'node_modules',
      'package.json',
      'samples',
    ]);
  });

  it('does not start without a token, and says so', async () => {
    const [node = '', ...args] = command();
    const child = spawn(node, args, { env: environment() });
    const [stderr, ended] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(ended).toEqual([2, null]);
    expect(stderr).toContain('--token-file');
  });

  it.runIf(process.getuid?.() === 0)(
    'serves on a read-only file system, as nobody in particular, and is healthy',
    async () => {
      // A view of the file system of its own, in which nothing can be written.
      const readOnly =
        'mount --make-rprivate / && mount -o remount,ro,bind / && ! touch "$0" 2>/dev/null && exec setpriv --reuid=1000 --regid=1000 --clear-groups "$@"';
      const args = ['--engine', 'sample', '--host', '127.0.0.1', '--port', '0'];
      const child = spawn(
        'unshare',
        ['--mount', 'sh', '-c', readOnly, join(root, 'written'), ...command(), ...args],
        { env: environment() },
      );
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const [line] = (await Promise.race([
        once(child.stdout, 'data'),
        once(child, 'close').then(() => [`it ended: ${stderr}`]),
      ])) as [Buffer];
      const [, url = ''] = /ready at (\S+)/.exec(String(line)) ?? [line, ''];
      expect(String(line)).toContain('ready at');
      const { data } = await ask(url, '{ images { totalCount } }');
      expect(data).toEqual({ images: { totalCount: 6 } });

      const check = (port: string) => {
        const [node = '', ...rest] = execForm(healthcheck);
        return run(node, rest, { env: { ...environment(), IMAGEGRAPH_PORT: port } });
      };
      await check(new URL(url).port);
      await expect(check('1')).rejects.toMatchObject({ code: 1 });
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
  );
});
