import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** A program of this package, in a process of its own. */
export interface Running {
  /** What its start line says, e.g. http://127.0.0.1:4000/graphql. */
  readonly url: string;
  /** Resident memory in MiB, now and at its highest (VmRSS and VmHWM of /proc, Linux). */
  memory(): Promise<{ readonly now: number; readonly peak: number }>;
  stop(): Promise<void>;
}

/** Starts the gateway over one engine, as a person would. */
export function startGateway(engine: string): Promise<Running> {
  return start(['dist/main.js', '--engine', engine, '--port', '0']);
}

/** Starts the embedded engine by itself. */
export function startEmbedded(place: string, socket: string): Promise<Running> {
  return start(['dist/embedded/main.js', place, socket]);
}

async function start(args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /ready at (\S+)/.exec(line.toString())?.[1];
  if (url === undefined) throw new Error(`unexpected start line: ${line.toString()}`);
  return { url, memory: () => memoryOf(child), stop: () => stop(child) };
}

async function memoryOf(child: ChildProcess): Promise<{ now: number; peak: number }> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  const mebibytes = (field: string) =>
    Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

/** The data of PAGE. */
interface Page {
  readonly images: { readonly totalCount: number; readonly nodes: readonly unknown[] };
}

/** Asks the gateway for a page. @throws when the answer has errors, since their time says nothing */
export async function ask(url: string, query: string): Promise<Page> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: Page; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors).slice(0, 500));
  return data;
}
