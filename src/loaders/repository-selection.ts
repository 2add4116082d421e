import type { Budget } from '../limits/budget.ts';
import type { ImageView } from '../image-index/image-view.ts';
import type { Repository } from '../image-index/repository.ts';
import { type EngineFailure, settleEngines } from './engines.ts';
import type { Loaders } from './loaders.ts';
import { inTurn } from '../turns.ts';

/** Repositories of several engines in one order. */
export interface RepositorySelection {
  /** By familiar name, then by engine. */
  readonly repositories: readonly Repository[];
  readonly failures: readonly EngineFailure[];
}

/** @param search text in the familiar or canonical name; empty for all */
export async function selectRepositories(
  { loaders, examine }: { readonly loaders: Loaders } & Pick<Budget, 'examine'>,
  engines: readonly string[],
  search: string,
): Promise<RepositorySelection> {
  const { found, failures } = await settleEngines(engines, (name) => loaders.images.load(name));
  for (const view of found) examine(view.repositories().size);
  const text = search.toLowerCase();
  const repositories = await inTurn(
    () => found.flatMap((view) => repositoriesOf(view, text)).sort(byName),
    loaders.signal,
  );
  return { repositories, failures };
}

function repositoriesOf(view: ImageView, text: string): Repository[] {
  const all = [...view.repositories().values()];
  return all.filter(({ familiarName, canonicalName }) =>
    [familiarName, canonicalName].some((name) => name.toLowerCase().includes(text)),
  );
}

function byName(a: Repository, b: Repository): number {
  return compare(a.familiarName, b.familiarName) || compare(a.engine, b.engine);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
