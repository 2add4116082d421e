import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type Running, start } from './processes.ts';
import { ask, page, query } from './query.ts';

/** How a gateway under measurement is run. */
export interface Settings {
  readonly index: 'live' | 'off';
  readonly responseCacheMb: number;
  /** Whether it is a subgraph. */
  readonly federation?: boolean;
}

export const LIVE: Settings = { index: 'live', responseCacheMb: 32 };
export const UNCACHED: Settings = { index: 'live', responseCacheMb: 0 };
export const OFF: Settings = { index: 'off', responseCacheMb: 0 };

/** A gateway, with a look at its event loop. */
export interface Gateway extends Running {
  /** The longest time that the event loop has stood still since the last call, in milliseconds. */
  stall(): Promise<number>;
}

const MAIN = 'dist/main.js';
const WARM_MS = 60_000;

/** What the build can do: the same benchmark runs on releases from before the live index. */
export function features(): Features {
  return (known ??= readFeatures());
}

interface Features {
  readonly live: boolean;
  readonly responseCache: boolean;
}

let known: Features | undefined;

function readFeatures(): Features {
  const help = execFileSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' });
  const [, index = ''] = /--index live\|off\n([^]*?)\n {2}--/.exec(help) ?? [];
  return {
    live: /Default:\s+live/.test(index),
    responseCache: help.includes('--response-cache'),
  };
}

/** Starts a gateway over one engine, as a person would; nothing is warm yet. */
export async function startGateway(engine: string, settings = LIVE): Promise<Gateway> {
  const args = ['--engine', engine, '--port', '0', ...flagsOf(settings)];
  const probe = ['--import', new URL('event-loop-probe.js', import.meta.url).href];
  // Slow operations are no news here. Older releases do not know the variable, as they would an option.
  const env = { IMAGEGRAPH_SLOW_OPERATION: '0' };
  const running = await start([...probe, MAIN, ...args], { channel: true, env });
  return {
    ...running,
    async stall() {
      running.process.send('stall');
      const [milliseconds] = (await once(running.process, 'message')) as [number];
      return milliseconds;
    },
  };
}

/** Starts a gateway and waits until it answers from its index, where it has one. */
export async function startWarm(engine: string, settings = LIVE): Promise<Gateway> {
  const gateway = await startGateway(engine, settings);
  if (settings.index === 'live' && features().live) await untilLive(gateway.url, engine);
  await ask(gateway.url, page(1));
  return gateway;
}

/** An engine without events never gets there; what is measured then is what its users have. */
async function untilLive(url: string, engine: string): Promise<void> {
  const deadline = performance.now() + WARM_MS;
  while (!(await isLive(url))) {
    if (performance.now() > deadline) {
      process.stderr.write(`bench: the index of ${engine} is not live\n`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function isLive(url: string): Promise<boolean> {
  const { engine } = await ask<{ engine: { index: { mode: string } | null } }>(
    url,
    query('index-mode'),
  );
  return engine.index?.mode === 'LIVE';
}

function flagsOf({ index, responseCacheMb, federation = false }: Settings): readonly string[] {
  const { live, responseCache } = features();
  return [
    ...(live ? ['--index', index] : []),
    ...(responseCache ? ['--response-cache', String(responseCacheMb)] : []),
    ...(federation ? ['--federation'] : []),
  ];
}
