import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../test/federation/processes.ts';
import { startEngineProxy } from '../test/support/engine-proxy.ts';
import { type Running, start } from './processes.ts';

/** Node packages of their own: what imagegraph is compared with is no dependency of it. */
const PEERS = fileURLToPath(new URL('peers', import.meta.url));
const BESIDE = fileURLToPath(new URL('../../shared/data/engine-api-v1.47.yaml', import.meta.url));

/** The Engine's own API file (moby, api/docs/v1.47.yaml); null when it is not here. */
export function findApiFile(): string | null {
  const file = process.env['IMAGEGRAPH_BENCH_API_FILE'] ?? BESIDE;
  return existsSync(file) ? file : null;
}

/** Hive Gateway, and a way to end what it goes on asking the engine for clients that are gone. */
export interface Peer extends Running {
  cut(): void;
}

/**
 * What one gets over an engine without writing a line of code: GraphQL Mesh makes a supergraph of the
 * Engine's API file, Hive Gateway serves it. Neither speaks to a socket file, hence the proxy before it.
 */
export async function startPeer(engine: string, apiFile: string, folder: string): Promise<Peer> {
  const proxy = await startEngineProxy(engine, true);
  const supergraph = join(folder, 'supergraph.graphql');
  await compose(supergraph, apiFile, `${proxy.url}/v1.47`);
  const port = await freePort();
  const args = ['supergraph', supergraph, '--host', '127.0.0.1', '--port', String(port)];
  const running = await start([join(PEERS, 'node_modules/.bin/hive-gateway'), ...args], {
    env: { NODE_ENV: 'production', HOME: folder },
    quiet: true,
    ready: /Listening on (http:\/\/[\d.:]+)/,
  });
  return {
    ...running,
    url: `${running.url}/graphql`,
    cut: proxy.cut,
    async stop() {
      await running.stop();
      await proxy.close();
    },
  };
}

async function compose(supergraph: string, apiFile: string, endpoint: string): Promise<void> {
  // npm writes this file when everything is in place.
  if (!existsSync(join(PEERS, 'node_modules/.package-lock.json'))) {
    await run('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: PEERS });
  }
  await run('node_modules/.bin/mesh-compose', ['-o', supergraph], {
    cwd: PEERS,
    env: { PATH: process.env['PATH'], ENGINE_API_FILE: apiFile, ENGINE_ENDPOINT: endpoint },
  });
}

const run = promisify(execFile);
