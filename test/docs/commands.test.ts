import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Program, run, start } from '../main/program.ts';

const root = new URL('../../', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8');

/** What is run by other tests, or by the one that runs all of them. */
const ELSEWHERE: readonly (readonly [command: RegExp, shownBy: string, word: string])[] = [
  [/^npm ci$/, '.ci/run', 'npm ci'],
  [/^npm ci --prefix test\/federation$/, '.ci/run', '--prefix test/federation'],
  [/^npm pack$/, 'test/package/package.test.ts', 'pack'],
  [/^npx --yes \.\/imagegraph-\*\.tgz$/, 'test/package/package.test.ts', 'npx'],
  [/^npx vitest run test\/federation$/, '.ci/run', 'IMAGEGRAPH_TEST_FEDERATION=required'],
  [/^docker build -t imagegraph \.$/, 'test/packaging/dockerfile.test.ts', 'FROM'],
  [/^docker compose up -d$/, 'test/packaging/compose.test.ts', 'compose.yaml'],
  [/^bash test\/engines\/engines\.sh up bench registry$/, '.ci/run', 'engines.sh up bench'],
  [/^npm run bench$/, 'bench/bench.ts', 'npm run bench'],
];

const documents = ['README.md', 'CONTRIBUTING.md'].concat(
  readdirSync(new URL('docs', root))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    // For developers, whose commands run all tests.
    .filter((file) => file !== 'docs/recipes.md'),
);

/** The commands of a document's shell blocks, lines that go on put together. */
function commandsOf(document: string): readonly string[] {
  const blocks = [...textOf(document).matchAll(/^```sh\n(.*?)^```/gms)];
  return blocks.flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .filter((line) => line !== ''),
  );
}

const commands = documents.flatMap((document) =>
  commandsOf(document).map((command) => ({ document, command })),
);
const isElsewhere = (command: string) => ELSEWHERE.some(([known]) => known.test(command));
const withStart = (pattern: RegExp) =>
  commands.filter(({ command }) => !isElsewhere(command) && pattern.test(command));
const servers = withStart(/^npm start(?!.*(query |--print-schema))/);
const questions = withStart(/^(npm start .*(query |--print-schema)|imagegraph )/);
const requests = withStart(/^curl /);
const others = withStart(/^(openssl|echo) /);

/** npm and imagegraph as functions of a shell, which take this build, and the port of the test at the end. */
const FUNCTIONS = `
  node=$0; main=$1; shift
  imagegraph() { exec "$node" "$main" "$@"; }
  npm() { shift; for word in --silent --; do if [ "$1" = $word ]; then shift; fi; done; imagegraph "$@"; }
`;

let folder: string;
let engine: ChildProcess;
let socket: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imagegraph-commands-'));
  socket = join(folder, 'docker.sock');
  const main = fileURLToPath(new URL('dist/embedded/main.js', root));
  engine = spawn(process.execPath, [main, 'sample', socket], { stdio: 'ignore' });
  await vi.waitUntil(() => existsSync(socket), { timeout: 10_000 });
});
afterAll(() => {
  engine.kill();
  rmSync(folder, { recursive: true });
});

const here = (command: string) => command.replaceAll('/var/run/docker.sock', socket);
const inShell = (command: string) => ['sh', '-c', `${FUNCTIONS} ${here(command)} "$@"`];

describe('the commands of the documents', () => {
  it('are run by a test, each of them', () => {
    const known = new Set([...servers, ...questions, ...requests, ...others]);
    const left = commands.filter((one) => !known.has(one) && !isElsewhere(one.command));
    expect(left).toEqual([]);
    expect(known.size).toBeGreaterThan(10);
  });

  it.each(ELSEWHERE)('%s is shown by %s', (pattern, shownBy, word) => {
    expect(commands.some(({ command }) => pattern.test(command))).toBe(true);
    expect(textOf(shownBy)).toContain(word);
  });

  it.each(questions)('$document: $command', async ({ command }) => {
    const ended = await run({ under: inShell(command) });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/\w/);
  });
});

describe('a server', () => {
  const started: Program[] = [];
  afterEach(async () => {
    for (const program of started.splice(0)) await program.stop();
  });

  async function startServer(options: Parameters<typeof start>[0]): Promise<Program> {
    const program = await start(options);
    started.push(program);
    return program;
  }

  it.each(servers)('$document: $command', async ({ command }) => {
    const { url } = await startServer({ under: inShell(command) });
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  });

  /** In the folder of the token, of the server that listens there. */
  const inFolder = async (command: string, url = '') => {
    const text = here(command).replaceAll(
      'http://127.0.0.1:4000',
      new URL(url || 'http://x').origin,
    );
    return (await promisify(execFile)('sh', ['-c', text], { cwd: folder })).stdout;
  };

  it.each(requests)('$document: $command', async ({ document, command }) => {
    const before = others.filter((one) => one.document === document);
    for (const { command: other } of before) await inFolder(other);
    const token = before.length > 0 ? ['--token-file', join(folder, 'imagegraph-token')] : [];
    const { url } = await startServer({ args: ['--engine', `unix://${socket}`, ...token] });
    // A subscription would go on.
    const asked = await inFolder(`${command} -s -w '%{http_code}' -m 2 || [ $? = 28 ]`, url);
    expect(asked).toMatch(/200$/);
    expect(asked).not.toContain('"errors"');
  });

  it('reads what is written for compose', async () => {
    for (const { command } of others) await inFolder(command);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toMatch(/^DOCKER_GID=\d+\n$/);
  });
});
