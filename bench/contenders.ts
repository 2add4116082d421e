import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineList } from './engine.ts';
import { OFF, startWarm, UNCACHED } from './gateway.ts';
import { graphql, type Target } from './load.ts';
import { findApiFile, startPeer } from './peer.ts';
import { processesOfEngine } from './proc.ts';
import { type Running, start } from './processes.ts';
import { ask, page, type PageData, query } from './query.ts';

/** Who is measured beside whom. */
export interface Contender {
  readonly name: string;
  /** The processes whose time it takes, beside the engine's. */
  readonly pids: readonly number[];
  /** Walks the engine's store for each answer: a matter of seconds. */
  readonly isSlow: boolean;
  /** What to ask it for so many images; those that know no pages give all. */
  target(first: number): Target;
  /** Null for the engine, whose memory depends on all that it has done. */
  readonly running: Running | null;
  /** Ends what it still does for clients that are gone. */
  readonly cut?: () => void;
}

/** Everyone, each in processes of its own. */
export interface Contenders {
  readonly engine: Contender;
  readonly cached: Contender;
  readonly uncached: Contender;
  readonly off: Contender;
  readonly http: Contender;
  readonly yoga: Contender;
  readonly peer: Contender | null;
}

/** Starts everyone over one engine; the bare servers serve what the gateway has answered. */
export async function startContenders(engine: string, folder: string): Promise<Contenders> {
  const cached = await startWarm(engine);
  const uncached = await startWarm(engine, UNCACHED);
  const answer = join(folder, 'answer.json');
  await writeFile(answer, JSON.stringify(await ask<PageData>(cached.url, page(1_000))));
  const bare = (file: string) => start(['--import', 'tsx', `bench/bare/${file}`, answer]);
  const apiFile = findApiFile();
  const peer = apiFile === null ? null : await startPeer(engine, apiFile, folder);
  return {
    engine: {
      name: "the engine's own list",
      pids: await processesOfEngine(engine),
      isSlow: true,
      target: () => engineList(engine),
      running: null,
    },
    cached: pages('imagegraph', cached),
    uncached: pages('imagegraph, response cache off', uncached),
    off: pages('imagegraph, `--index off`', await startWarm(engine, OFF), true),
    http: pages('bare node:http', await bare('http.ts')),
    yoga: pages('bare Yoga', await bare('yoga.ts')),
    peer: peer && {
      name: 'GraphQL Mesh and Hive Gateway',
      pids: [peer.pid],
      isSlow: true,
      target: () => graphql(peer.url, query('peer-page')),
      running: peer,
      cut: peer.cut,
    },
  };
}

/** Ends everyone. */
export async function stopContenders(contenders: Contenders): Promise<void> {
  await Promise.all(everyone(contenders).map(async ({ running }) => running?.stop()));
}

/** All that there are, in the order of the tables. */
export function everyone(contenders: Contenders): readonly Contender[] {
  const { engine, peer, off, cached, uncached, http, yoga } = contenders;
  return [engine, peer, off, cached, uncached, yoga, http].filter((one) => one !== null);
}

function pages(name: string, running: Running, isSlow = false): Contender {
  return {
    name,
    pids: [running.pid],
    isSlow,
    target: (first) => graphql(running.url, page(first)),
    running,
  };
}
