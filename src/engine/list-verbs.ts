import type { Ask } from './asking.ts';
import { toContainerRow } from './container-mapping.ts';
import type { DockerFor } from './docker-calls.ts';
import type { ApiVersion } from './engine-facts.ts';
import type { Engine } from './engine.ts';
import { createHedge } from './hedge.ts';
import { mergeRows, toImageRow } from './image-mapping.ts';
import type { ImageRow } from './image-row.ts';
import { rowReader } from './json-rows.ts';
import { type LongRead, UNHURRIED } from './long-read.ts';
import type { Redaction } from './redaction.ts';
import { createRowMemory, type Remember, type RowMemory } from './row-memory.ts';
import { compareAge } from './row-order.ts';
import { turn } from '../turns.ts';

/** What the index is made of: lists of images and containers, however long they take. */
export function createListVerbs(
  docker: DockerFor,
  ask: Ask,
  long: LongRead,
  redaction: Redaction,
): Pick<Engine, 'listImages' | 'listContainers'> {
  const [images, containers, someContainers] = [hedged(long), hedged(long), hedged(long)];
  const memoryOf = createMemories();
  return {
    listImages: (signal) =>
      ask(signal, ({ api }) =>
        images(signal, (signal) =>
          memoryOf(api).during((remember) => listImages(docker, api, redaction, signal, remember)),
        ),
      ),
    listContainers: (signal, ids) =>
      ask(signal, ({ api }) =>
        // Some take another time than all.
        (ids === undefined ? containers : someContainers)(signal, (signal) =>
          listContainers(docker, api, ids, signal),
        ),
      ),
  };
}

/** The index would stand still for as long as one list is lost. */
function hedged(long: LongRead): LongRead {
  const hedge = createHedge();
  return (signal, run) => hedge(signal, (signal) => long(signal, run));
}

/** Another version means something else by the same bytes. */
function createMemories(): (api: ApiVersion) => RowMemory<ImageRow> {
  let known = { api: 0, rows: createRowMemory<ImageRow>() };
  return (api) => {
    if (known.api !== api) known = { api, rows: createRowMemory<ImageRow>() };
    return known.rows;
  };
}

/** An option that @types/dockerode does not know; ignored below API 1.47. */
const MANIFESTS = { manifests: true } as object;

async function listImages(
  docker: DockerFor,
  api: ApiVersion,
  redaction: Redaction,
  signal: AbortSignal,
  remember: Remember<ImageRow>,
): Promise<readonly ImageRow[]> {
  const read = rowReader((json) => {
    const row = toImageRow(json, api);
    return row === null ? null : redaction.row(row);
  }, remember);
  const docked = docker({ api, ...UNHURRIED, signal, read });
  // all=1 finds parents; manifests=1 costs the engine nothing extra.
  const rows = await docked.listImages({ all: true, ...MANIFESTS });
  // To read the end of a long list and to put it in order would be one long stall.
  await turn();
  return mergeRows(rows as unknown as Awaited<ReturnType<typeof read>>);
}

async function listContainers(
  docker: DockerFor,
  api: ApiVersion,
  ids: readonly string[] | undefined,
  signal: AbortSignal,
) {
  const read = rowReader(toContainerRow);
  const docked = docker({ api, ...UNHURRIED, signal, read });
  const only = ids === undefined ? {} : { filters: { id: [...ids] } };
  const rows = await docked.listContainers({ all: true, ...only });
  return (rows as unknown as Awaited<ReturnType<typeof read>>).sort(compareAge);
}
