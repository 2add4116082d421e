import Docker from 'dockerode';
import { createConnection } from './connection.ts';
import { toContainerRow } from './container-mapping.ts';
import { EngineError } from './engine-error.ts';
import type { Engine, EngineFacts, EngineStatus, ImageDetail, ImageRow } from './engine.ts';
import { negotiate, toEngineFacts } from './facts-mapping.ts';
import { mergeRows, toImageRow, toSharedSize, toSharedSizes } from './image-mapping.ts';
import { toImageDetail } from './inspect-mapping.ts';
import { readRows } from './json-rows.ts';
import { createRowMemory, type Remember } from './row-memory.ts';
import { withSignOfLife } from './long-read.ts';
import { type Call, createModem } from './modem.ts';
import { type Transport, readObject, readText } from './transport.ts';

/** Deadlines of calls that are not lists, in milliseconds until the head of the answer. */
const PING_MS = 1_000;
/** While the engine works on a long list it may be slow to answer. */
const PATIENT_PING_MS = 5_000;
const GREETING_MS = 3_000;
const INSPECT_MS = 3_000;
const DISK_USAGE_MS = 15_000;

/** From API 1.53 on an inspect verifies signatures, perhaps over the network; 1.52 does not. */
const INSPECT_WITHOUT_SIGNATURES = 52;

/** One engine: its name and the way to it. */
export interface DockerEngineOptions {
  readonly name: string;
  readonly transport: Transport;
  /** Told when the engine is found or lost; the error's detail is for the log. */
  readonly onStatus?: (status: EngineStatus, error: EngineError | null) => void;
}

/** An engine that speaks the Docker Engine API, 1.24 to 1.56, through dockerode over our own transport. */
export function createDockerEngine({ name, transport, onStatus }: DockerEngineOptions): Engine {
  /** dockerode with the means of one call; its methods answer with what the call's reader returns. */
  const docker = <Result>(call: Call<Result>) =>
    new Docker({ modem: createModem(name, transport, call) } as Docker.DockerOptions);
  const connection = createConnection(
    name,
    () => greet(name, docker),
    () => ping(docker, AbortSignal.timeout(PING_MS), PING_MS),
    onStatus ?? (() => {}),
  );

  /** Runs a call with the agreed version; a failure that means a lost engine is passed on. */
  async function ask<Result>(run: (facts: EngineFacts) => Promise<Result>): Promise<Result> {
    const facts = await connection.ready();
    try {
      return await run(facts);
    } catch (error) {
      if (error instanceof EngineError) connection.failed(error);
      throw error;
    }
  }

  const lists = listVerbs(name, docker, ask);
  return {
    name,
    status: connection.status,
    facts: () => connection.ready().catch(() => null),
    ...lists,
    inspectImage: (id, signal) =>
      ask((facts) => inspect(docker, facts, id, signal)).catch((error: unknown) => {
        if (error instanceof EngineError && error.code === 'NOT_FOUND') return null;
        throw error;
      }),
    close() {
      connection.close();
      transport.close();
    },
  };
}

type DockerFor = <Result>(call: Call<Result>) => Docker;
type Ask = <Result>(run: (facts: EngineFacts) => Promise<Result>) => Promise<Result>;

function listVerbs(name: string, docker: DockerFor, ask: Ask) {
  /** Lists take longer than any sensible deadline on a big store: they live as long as pings are answered. */
  const long = <Result>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<Result>) =>
    withSignOfLife(name, signal, (pinging) => ping(docker, pinging, PATIENT_PING_MS), run);

  const images = createRowMemory<ImageRow>();
  return {
    listImages: (signal: AbortSignal) =>
      ask(({ api }) =>
        long(signal, (signal) =>
          images.during(async (remember) => {
            const read = rowReader(toImageRow, remember);
            const docked = docker({ api, headTimeoutMs: null, signal, read });
            // all=1 finds parents; manifests=1 costs the engine nothing extra (engine.md 5.1).
            const rows = await docked.listImages({ all: true, ...MANIFESTS });
            return mergeRows(rows as unknown as Awaited<ReturnType<typeof read>>);
          }),
        ),
      ),
    sharedSizes: (signal: AbortSignal) => ask((facts) => sharedSizes(docker, facts, signal, long)),
    listContainers: (signal: AbortSignal) =>
      ask(({ api }) =>
        long(signal, async (signal) => {
          const read = rowReader(toContainerRow);
          const docked = docker({ api, headTimeoutMs: null, signal, read });
          const rows = await docked.listContainers({ all: true });
          return rows as unknown as Awaited<ReturnType<typeof read>>;
        }),
      ),
  };
}

/** Options that @types/dockerode does not know; manifests is ignored below API 1.47. */
const MANIFESTS = { manifests: true } as object;
const SHARED_SIZE = { 'shared-size': true } as object;

function rowReader<Row>(
  toRow: (json: Record<string, unknown>) => Row | null,
  remember?: Remember<Row>,
) {
  return (body: AsyncIterable<Uint8Array>, engine: string) =>
    readRows(body, engine, toRow, remember);
}

type LongRead = <Result>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

async function sharedSizes(
  docker: DockerFor,
  facts: EngineFacts,
  signal: AbortSignal,
  long: LongRead,
): Promise<ReadonlyMap<string, number | null>> {
  // Podman never computes it: 0 from 5.6 on when asked, 0 always before.
  if (facts.kind === 'PODMAN') return new Map();
  const { api } = facts;
  if (api < 42) {
    // shared-size is ignored below API 1.42; there only /system/df computes it.
    const call = { api, headTimeoutMs: DISK_USAGE_MS, signal, read: readObject };
    return toSharedSizes((await docker(call).df()) as Record<string, unknown>);
  }
  return long(signal, async (signal) => {
    const read = rowReader(toSharedSize);
    const docked = docker({ api, headTimeoutMs: null, signal, read });
    const rows = await docked.listImages({ all: true, ...SHARED_SIZE });
    const sizes = rows as unknown as Awaited<ReturnType<typeof read>>;
    return new Map(sizes.map(({ id, sharedSize }) => [id, sharedSize]));
  });
}

async function inspect(
  docker: DockerFor,
  facts: EngineFacts,
  id: string,
  signal: AbortSignal,
): Promise<ImageDetail | null> {
  const api = Math.max(Math.min(facts.api, INSPECT_WITHOUT_SIGNATURES), facts.minApi);
  const query = api >= 48 ? { manifests: '1' } : {};
  const call = { api, headTimeoutMs: INSPECT_MS, signal, read: readObject, query };
  const json = (await docker(call).getImage(id).inspect()) as unknown as Record<string, unknown>;
  return toImageDetail(json);
}

async function ping(docker: DockerFor, signal: AbortSignal, headTimeoutMs: number): Promise<void> {
  await docker({ api: null, headTimeoutMs, signal, read: readText }).ping();
}

async function greet(name: string, docker: DockerFor): Promise<EngineFacts> {
  const signal = AbortSignal.timeout(2 * GREETING_MS);
  const call = { headTimeoutMs: GREETING_MS, signal, read: readObject };
  const version = (await docker({ ...call, api: null }).version()) as unknown;
  const versions = negotiate(name, version as Record<string, unknown>);
  const info = (await docker({ ...call, api: versions.api }).info()) as unknown;
  return toEngineFacts(
    versions,
    version as Record<string, unknown>,
    info as Record<string, unknown>,
  );
}
