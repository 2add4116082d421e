import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Memory, memoryOf } from './proc.ts';

/** A server in a process of its own. */
export interface Running {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What its start line says, e.g. http://127.0.0.1:4000/graphql. */
  readonly url: string;
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

/** What is not the same for all servers. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Finds the address in what the server prints. */
  readonly ready?: RegExp;
  /** A channel for messages, for servers that answer them. */
  readonly channel?: boolean;
  /** For servers whose complaints tell nothing that their answers do not. */
  readonly quiet?: boolean;
}

/** A benchmark that fails leaves nothing behind. */
const children = new Set<ChildProcess>();
process.on('exit', () => children.forEach((child) => child.kill()));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Starts Node with these arguments; resolves once the server says where it listens. */
export async function start(
  args: readonly string[],
  { env = {}, ready = /ready at (\S+)/, channel = false, quiet = false }: StartOptions = {},
): Promise<Running> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', channel ? 'ipc' : 'ignore'],
  });
  children.add(child);
  forwardWarnings(child, quiet);
  const url = await addressOf(child, ready);
  const pid = child.pid as number;
  return { process: child, pid, url, memory: () => memoryOf(pid), stop: () => stop(child) };
}

/** Starts the embedded engine by itself. */
export function startEmbedded(place: string, socket: string): Promise<Running> {
  return start(['dist/embedded/main.js', place, socket]);
}

async function addressOf(child: ChildProcess, ready: RegExp): Promise<string> {
  let printed = '';
  const address = new Promise<string>((resolve, reject) => {
    // Read to the end of its life, or a server that logs would wait for its reader.
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-10_000);
      const url = ready.exec(printed)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${printed}`)));
  });
  return address;
}

/** What a server complains of; that it started is no news. */
function forwardWarnings(child: ChildProcess, quiet: boolean): void {
  if (child.stderr === null) return;
  createInterface(child.stderr).on('line', (line) => {
    if (!quiet && !line.startsWith('{"level":30')) process.stderr.write(`${line}\n`);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
