import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enginesRoot } from './engine-list.ts';

/** What `fill` made on one engine, in that engine's own spelling; null where `skipped` has the reason. */
export interface FilledEngine {
  /** Reason by the name of the scenario. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Three names, oldest first, each the parent of the next. */
  readonly chain: readonly string[];
  /** A name whose parent and its parent have none. */
  readonly intermediate: string;
  /** On the containerd store an index of amd64 and arm64 with two attestations; one image elsewhere. */
  readonly multiPlatform: string;
  /** One layer, no history worth the name. */
  readonly imported: string;
  /** Two repositories of one image. */
  readonly twoRepositories: readonly string[];
  /** Never pushed, although its name has a registry with a port. */
  readonly withPort: string;
  readonly pushed: string;
  /** repository@digest, without a tag. */
  readonly byDigest: string;
  readonly oddLabels: string;
  /** Names by what their Created is: none, yearOne, epoch. */
  readonly dates: Readonly<Record<string, string>>;
  /** Of amd64 and arm64 only arm64 was pulled. */
  readonly partial: string | null;
  /** An index of which only the attestations are left. */
  readonly emptied: string | null;
  /** Lost its tag to the image that movedTag names now; a container is made of it. */
  readonly danglingId: string;
  readonly movedTag: string;
  /** Of any state but running, by name. */
  readonly containers: Readonly<Record<string, { readonly imageId: string }>>;
}

const factsFile = () => join(enginesRoot(), 'scenarios.json');

/** By the name of the engine; empty before the first fill. */
export async function readFacts(): Promise<Readonly<Record<string, FilledEngine>>> {
  try {
    return JSON.parse(await readFile(factsFile(), 'utf8')) as Record<string, FilledEngine>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Replaces what is known of these engines and keeps what is known of others. */
export async function writeFacts(filled: Readonly<Record<string, FilledEngine>>): Promise<void> {
  const all = Object.entries({ ...(await readFacts()), ...filled }).sort();
  await writeFile(factsFile(), `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}
