import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The instructions of the Dockerfile, lines that go on joined. */
export const INSTRUCTIONS: readonly Instruction[] = textOf('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => /^(\S+)\s+(.*)$/.exec(line) ?? [])
  .map(([, word = '', rest = '']) => ({ word, rest }));

/** All of one kind in the last stage. */
export function lastStage(word: string): string[] {
  const from = INSTRUCTIONS.findLastIndex((one) => one.word === 'FROM');
  return INSTRUCTIONS.slice(from).flatMap((one) => (one.word === word ? [one.rest] : []));
}

/** A list in brackets: the form that no shell reads. */
export const execForm = (text: string): string[] => JSON.parse(text.slice(text.indexOf('[')));

/**
 * Does what a build would do, but for the base image, whose place this machine's Node takes.
 * @returns the root folder of the last stage
 */
export async function buildIn(folder: string): Promise<string> {
  const context = join(folder, 'context');
  for (const kept of keptPaths())
    cpSync(join(ROOT, kept), join(context, kept), { recursive: true });
  const stages = new Map<string, string>();
  let root = '';
  let workdir = '';
  for (const { word, rest } of INSTRUCTIONS) {
    if (word === 'FROM') {
      const [, name = 'last'] = / AS (\S+)$/.exec(rest) ?? [];
      root = join(folder, name);
      stages.set(name, root);
    } else if (word === 'WORKDIR') mkdirSync((workdir = join(root, rest)), { recursive: true });
    else if (word === 'RUN') await run('sh', ['-c', rest], { cwd: workdir, env: quick() });
    else if (word === 'COPY') {
      const [, stage = null, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
      copy(stage === null ? context : (stages.get(stage) as string), paths.split(' '), workdir);
    }
  }
  return root;
}

/** What npm has fetched before is not fetched again. */
function quick(): NodeJS.ProcessEnv {
  return { ...process.env, npm_config_prefer_offline: 'true' };
}

/** What .dockerignore lets into a build: it begins with all, and names what is not left out. */
function keptPaths(): string[] {
  const [all, ...kept] = textOf('.dockerignore')
    .split('\n')
    .filter((line) => /^[^#]/.test(line));
  if (all !== '*' || !kept.every((line) => line.startsWith('!'))) throw new Error('no allow-list');
  return kept.map((line) => line.slice(1));
}

/** As COPY does: the content of a folder, or files into one. */
function copy(from: string, paths: readonly string[], workdir: string): void {
  const to = join(workdir, paths.at(-1) as string);
  for (const path of paths.slice(0, -1)) {
    const isFolder = statSync(join(from, path)).isDirectory();
    cpSync(join(from, path), isFolder ? to : join(to, basename(path)), { recursive: true });
  }
}
