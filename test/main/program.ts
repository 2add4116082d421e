import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** All of the environment but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the program in its place, e.g. setpriv. */
  readonly under?: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. */
export async function run(options: ProgramOptions): Promise<Ended> {
  const child = spawnProgram(options);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

export interface Program {
  readonly child: ChildProcess;
  /** From its start line. */
  readonly url: string;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  ask(query: string): Promise<any>;
  /** Sends SIGTERM, and SIGKILL after 10 s. */
  stop(): Promise<number | null>;
}

/** Starts the program on a free port and waits until it says that it is ready. */
export async function start({ args = [], ...options }: ProgramOptions): Promise<Program> {
  const child = spawnProgram({ ...options, args: [...args, '--port', '0'] });
  const printed = { stdout: '', stderr: '' };
  child.stderr?.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      printed.stdout += chunk.toString();
      const found = /ready at (\S+)\n/.exec(printed.stdout)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on('close', () => reject(new Error(`it ended: ${printed.stderr}`)));
  });
  return {
    child,
    url,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    ask: (query) => ask(url, query),
    stop: () => stop(child),
  };
}

/** Starts the program, with its input open. */
export function spawnProgram({ args = [], env = {}, under = [] }: ProgramOptions): ChildProcess {
  const [command = process.execPath, ...words] = [...under, process.execPath, MAIN, ...args];
  return spawn(command, words, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Sends a query by POST. */
export async function ask(url: string, query: string): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const ended = once(child, 'close') as Promise<[number | null]>;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  const [code] = await ended;
  clearTimeout(timer);
  return code;
}
