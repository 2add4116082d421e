import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One engine as engines.sh lists it. */
export interface TestEngine {
  readonly name: string;
  readonly kind: 'DOCKER' | 'PODMAN';
  readonly store: 'CONTAINERD' | 'GRAPH_DRIVER' | 'CONTAINERS_STORAGE';
  readonly url: string;
  /** The first words of a command line that reaches this engine from the machine. */
  readonly cli: readonly string[];
}

export const REGISTRY = '127.0.0.1:5000';

/** The folder that engines.sh works in. */
export function enginesRoot(): string {
  return process.env['IMAGEGRAPH_ENGINES_ROOT'] ?? '/var/lib/imagegraph-engines';
}

interface EngineList {
  readonly engines: readonly TestEngine[];
  readonly bench: TestEngine | null;
}

/** The engines that tests go over; the one for benchmarks is not among them. */
export async function readEngines(): Promise<readonly TestEngine[]> {
  return (await readList()).engines;
}

/** Any engine, also the one for benchmarks, by its name or its URL. */
export async function findEngine(nameOrUrl: string): Promise<TestEngine | undefined> {
  const { engines, bench } = await readList();
  const all = bench === null ? engines : [...engines, bench];
  return all.find((engine) => engine.name === nameOrUrl || engine.url === nameOrUrl);
}

async function readList(): Promise<EngineList> {
  return JSON.parse(await readFile(join(enginesRoot(), 'engines.json'), 'utf8')) as EngineList;
}
