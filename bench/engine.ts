import { callEngine } from '../test/engines/api.ts';
import type { Target } from './load.ts';

/** The newest version of Docker 28.5, in which a gateway asks it too. */
const API = '/v1.51';

/** Everything that a benchmark tags is in here, and gone when it ends. */
const REPOSITORY = 'imagegraph-bench/tag';
const OWNER = 'many/app-0:1.0';

/** The list that an engine itself gives, with all that a page can ask for. */
export function engineList(engine: string): Target {
  const socketPath = engine.slice('unix://'.length);
  return { options: { socketPath, path: `${API}/images/json?all=1&manifests=1` } };
}

/** Gives an image one more name, as docker tag does; resolves with that name when the engine is done. */
export async function tag(engine: string, number: number): Promise<string> {
  const image = encodeURIComponent(OWNER);
  const query = `repo=${encodeURIComponent(REPOSITORY)}&tag=${number}`;
  const { status, body } = await callEngine(engine, `${API}/images/${image}/tag?${query}`, {
    method: 'POST',
  });
  if (status !== 201) throw new Error(`tag: ${status} ${body}`);
  return `${REPOSITORY}:${number}`;
}

/** Takes the name away, as docker rmi does. */
export async function untag(engine: string, name: string): Promise<void> {
  const path = `${API}/images/${encodeURIComponent(name)}`;
  const { status, body } = await callEngine(engine, path, { method: 'DELETE' });
  if (status !== 200 && status !== 404) throw new Error(`rmi: ${status} ${body}`);
}

/** Takes away what a benchmark that was stopped has left. */
export async function untagAll(engine: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ reference: [REPOSITORY] }));
  const { body } = await callEngine(engine, `${API}/images/json?filters=${filters}`);
  const images = JSON.parse(body) as { readonly RepoTags: readonly string[] }[];
  const left = images.flatMap(({ RepoTags }) => RepoTags);
  for (const name of left.filter((one) => one.startsWith(`${REPOSITORY}:`))) {
    await untag(engine, name);
  }
}
