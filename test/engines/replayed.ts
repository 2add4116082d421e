import type { ContainerRow } from '../../src/engine/container-row.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineFacts } from '../../src/engine/engine-facts.ts';
import type { ImageRow } from '../../src/engine/image-row.ts';
import type { ImageDetail } from '../../src/engine/image-detail.ts';
import type { Raw } from './recordings.ts';
import { connectTo } from '../support/gateway.ts';
import { type HttpEngine, sendJson, startHttpEngine } from '../support/http-engine.ts';
import { recorded, startReplayEngine } from '../support/replay-engine.ts';

/** Made up answers in place of recorded ones, by the name of the file. */
export type Changes = Readonly<Record<string, unknown>>;

/** What src/engine makes of a folder's image list. */
export function listed(folder: string, changes: Changes = {}): Promise<readonly ImageRow[]> {
  return withReplay(folder, changes, (engine) => engine.listImages(signal()));
}

export function containersOf(
  folder: string,
  changes: Changes = {},
): Promise<readonly ContainerRow[]> {
  return withReplay(folder, changes, (engine) => engine.listContainers(signal()));
}

export function factsOf(folder: string, changes: Changes = {}): Promise<EngineFacts | null> {
  return withReplay(folder, changes, (engine) => engine.facts());
}

/** The calls that both lists make. */
export function callsOfLists(folder: string): Promise<readonly string[]> {
  return withReplay(folder, {}, async (engine, http) => {
    await engine.listImages(signal());
    await engine.listContainers(signal());
    return http.calls.slice(2);
  });
}

/** Shared sizes, and the calls that were made for them. */
export function sharedSizesOf(folder: string, changes: Changes = {}) {
  return withReplay(folder, changes, async (engine, http) => {
    const sizes = await engine.sharedSizes(signal());
    return { sizes, calls: http.calls.slice(2) };
  });
}

async function withReplay<Result>(
  folder: string,
  changes: Changes,
  run: (engine: Engine, http: HttpEngine) => Promise<Result>,
): Promise<Result> {
  return using(folder, await startReplayEngine(folder, changes), run);
}

/** What src/engine makes of one inspect, with the calls that were made for it. */
export async function inspected(
  folder: string,
  file: string,
  changes: Raw = {},
): Promise<{ readonly detail: ImageDetail; readonly raw: Raw; readonly calls: readonly string[] }> {
  const raw = { ...(recorded(folder, `inspect/${file}`) as Raw), ...changes };
  const http = await answering(folder, () => ({ status: 200, body: JSON.stringify(raw) }));
  return using(folder, http, async (engine) => {
    const detail = await engine.inspectImage(raw['Id'], signal());
    if (detail === null) throw new Error(`${folder} has no ${file}`);
    return { detail, raw, calls: http.calls.slice(2) };
  });
}

/** An engine that greets as recorded and refuses everything else as it once refused something. */
export async function refusing<Result>(
  folder: string,
  file: string,
  run: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const { status, body } = recorded(folder, `refused/${file}`) as { status: number; body: string };
  return using(folder, await answering(folder, () => ({ status, body })), run);
}

type Answer = () => { readonly status: number; readonly body: string };

function answering(folder: string, answer: Answer): Promise<HttpEngine> {
  return startHttpEngine((request, response) => {
    const path = (request.url ?? '').replace(/^\/v1\.\d+/, '');
    if (path === '/_ping') return void response.end('OK');
    if (path === '/version' || path === '/info') {
      return sendJson(response, recorded(folder, path.slice(1)));
    }
    const { status, body } = answer();
    return void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
}

async function using<Result>(
  name: string,
  http: HttpEngine,
  run: (engine: Engine, http: HttpEngine) => Promise<Result>,
): Promise<Result> {
  const engine = connectTo(name, http.dial);
  try {
    await engine.facts();
    return await run(engine, http);
  } finally {
    engine.close();
    await http.close();
  }
}

const signal = () => AbortSignal.timeout(20_000);
