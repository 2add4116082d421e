import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** npm writes this file when everything is in place. */
const INSTALLED = new URL('node_modules/.package-lock.json', import.meta.url);

/** Whether the composers and gateways are here: they are no dependencies of the project. */
export function isInstalled(): boolean {
  if (existsSync(INSTALLED)) return true;
  const sentence = 'Composers and gateways are not installed: npm ci --prefix test/federation';
  if (process.env['IMAGEGRAPH_TEST_FEDERATION'] === 'required') throw new Error(sentence);
  process.stderr.write(`${sentence}. Tests that need them are skipped.\n`);
  return false;
}

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a script of this folder that prints where it is ready. */
export function startScript(script: string, ...args: string[]): Promise<Server> {
  return startNode([script, ...args], /ready at (\S+)/);
}

/** Starts Hive Gateway over a supergraph, or over what a config file says. */
export async function startHive(...args: string[]): Promise<Server> {
  const port = await freePort();
  const given = [...args, '--host', '127.0.0.1', '--port', String(port)];
  const bin = 'node_modules/@graphql-hive/gateway/dist/bin.js';
  const server = await startNode([bin, 'supergraph', ...given], /Listening on (http:\/\/[\d.:]+)/);
  return { ...server, url: `${server.url}/graphql` };
}

/** Runs a script of this folder to its end, which prints JSON. */
export async function runScript(script: string, ...args: string[]): Promise<unknown> {
  const options = { cwd: HERE, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], options);
  return JSON.parse(stdout);
}

async function startNode(args: readonly string[], ready: RegExp): Promise<Server> {
  const child = spawn(process.execPath, args, {
    cwd: HERE,
    env: { PATH: process.env['PATH'], HOME: HERE, NODE_ENV: 'production' },
  });
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-20_000);
        const found = ready.exec(printed)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    child.once('exit', () => reject(new Error(`${args[0]} ended: ${printed}`)));
  });
  return { url, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}

/** Hive Gateway takes port 0 but does not say which port came of it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
