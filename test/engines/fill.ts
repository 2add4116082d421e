/**
 * Fills every engine of engines.json with the same scenarios and writes what came out of it to
 * scenarios.json (facts.ts): `tsx test/engines/fill.ts [NAME…]`.
 */
import { clear } from './builder.ts';
import { readEngines } from './engine-list.ts';
import type { TestEngine } from './engine-list.ts';
import type { FilledEngine } from './facts.ts';
import { writeFacts } from './facts.ts';
import * as scenarios from './scenarios.ts';

async function fill(engine: TestEngine): Promise<FilledEngine> {
  await clear(engine);
  const skipped: Record<string, string> = {};
  const unlessSkipped = async <Made>(name: string, made: Promise<Made>): Promise<Made | null> => {
    try {
      return await made;
    } catch (error) {
      if (!(error instanceof scenarios.Skipped)) throw error;
      skipped[name] = error.message;
      return null;
    }
  };
  const images = {
    chain: await scenarios.chain(engine),
    intermediate: await scenarios.intermediate(engine),
    multiPlatform: await scenarios.multiPlatform(engine),
    imported: await scenarios.imported(engine),
    twoRepositories: await scenarios.twoRepositories(engine),
    withPort: await scenarios.withPort(engine),
    pushed: await scenarios.pushed(engine),
    byDigest: await scenarios.byDigest(engine),
    oddLabels: await scenarios.oddLabels(engine),
    dates: await scenarios.dates(engine),
    // Both empty the builder's cache, so after everything that builds.
    partial: await unlessSkipped('partial', scenarios.partial(engine)),
    emptied: await unlessSkipped('emptied', scenarios.emptied(engine)),
    ...(await scenarios.moved(engine)),
  };
  const containers = await scenarios.containers(engine, {
    'demo-one': images.imported,
    'demo-two': images.imported,
    'demo-other': images.multiPlatform,
    'demo-dangling': images.danglingId,
  });
  return { skipped, ...images, containers };
}

async function main(names: readonly string[]): Promise<void> {
  const engines = await readEngines();
  const chosen = engines.filter(({ name }) => names.length === 0 || names.includes(name));
  const filled: Record<string, FilledEngine> = {};
  const fillOne = async (engine: TestEngine) => {
    const start = performance.now();
    filled[engine.name] = await fill(engine);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`filled ${engine.name} in ${seconds} s\n`);
  };
  // All of them to their end: one that fails must not leave the others half filled.
  const results = await Promise.allSettled(chosen.map(fillOne));
  await writeFacts(filled);
  const failures = results.filter((result) => result.status === 'rejected');
  if (failures.length > 0) throw new AggregateError(failures.map(({ reason }) => reason as Error));
}

await main(process.argv.slice(2));
