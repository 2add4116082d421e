import { callEngine } from '../engines/api.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { API, LABEL } from './operations.ts';
import { startEngine, stopEngine } from './restarts.ts';

/** A removal that is written to a slow disk takes seconds; one that waits for a lock takes for ever. */
const ANSWER_MS = 40_000;

/**
 * Removes everything that operations have made, whatever it is called now. Docker 28.5 with the containerd
 * store was once seen to say nothing to a removal for twenty minutes, after it had been killed in the middle
 * of writes: such an engine is restarted, once, or all tests that follow would wait for it as well.
 */
export async function removeAll(engine: TestEngine): Promise<void> {
  try {
    await removeOurs(engine);
  } catch (error) {
    process.stderr.write(`${engine.name} is restarted: ${String(error)}\n`);
    await stopEngine(engine);
    await startEngine(engine);
    await removeOurs(engine);
  }
}

async function removeOurs(engine: TestEngine): Promise<void> {
  await removeContainers(engine);
  for (let round = 0; round < 3; round++) await removeImages(engine);
}

async function removeContainers(engine: TestEngine): Promise<void> {
  for (const { Id, Names } of await list(engine, '/containers/json?all=1')) {
    if (Names?.some((own: string) => own.startsWith('/live-'))) {
      await ask(engine, 'DELETE', `/containers/${Id}?force=1`);
    }
  }
}

async function removeImages(engine: TestEngine): Promise<void> {
  const images = await list(engine, '/images/json?all=1');
  const tags = images.flatMap(({ RepoTags }): readonly string[] => RepoTags ?? []);
  for (const tag of tags.filter((tag) => /live[/-]/.test(tag))) {
    await ask(engine, 'DELETE', `/images/${tag}`);
  }
  const filters = encodeURIComponent(JSON.stringify({ label: [LABEL] }));
  for (const { Id } of await list(engine, `/images/json?all=1&filters=${filters}`)) {
    await ask(engine, 'DELETE', `/images/${Id}?force=1`);
  }
}

async function list(engine: TestEngine, path: string): Promise<readonly any[]> {
  return JSON.parse(await ask(engine, 'GET', path)) as any[];
}

async function ask(engine: TestEngine, method: string, path: string): Promise<string> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    return (await callEngine(engine.url, `${API}${path}`, { method, signal })).body;
  } catch (cause) {
    throw new Error(`${method} ${path} has no answer`, { cause });
  }
}
