/**
 * Fills every engine of engines.json with the same scenarios and writes what came out of it to
 * scenarios.json: `tsx test/engines/fill.ts [NAME…]`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clear } from './builder.ts';
import { enginesRoot, readEngines } from './engine-list.ts';
import type { TestEngine } from './engine-list.ts';
import * as scenarios from './scenarios.ts';

type Facts = Record<string, unknown> & { readonly skipped: Record<string, string> };

type Scenario = (engine: TestEngine) => Promise<unknown>;

const SINGLE: Readonly<Record<string, Scenario>> = {
  chain: scenarios.chain,
  intermediate: scenarios.intermediate,
  multiPlatform: scenarios.multiPlatform,
  imported: scenarios.imported,
  twoRepositories: scenarios.twoRepositories,
  withPort: scenarios.withPort,
  pushed: scenarios.pushed,
  byDigest: scenarios.byDigest,
  oddLabels: scenarios.oddLabels,
  // Empties the builder's cache, so after everything that builds.
  partial: scenarios.partial,
};

export async function fill(engine: TestEngine): Promise<Facts> {
  await clear(engine);
  const facts: Facts = { skipped: {} };
  for (const [name, scenario] of Object.entries(SINGLE)) {
    facts[name] = await unlessSkipped(facts, name, () => scenario(engine));
  }
  await checkParents(engine, facts);
  Object.assign(facts, await scenarios.moved(engine));
  facts['containers'] = await scenarios.containers(engine, {
    'demo-one': String(facts['imported']),
    'demo-two': String(facts['imported']),
    'demo-other': String(facts['multiPlatform']),
    'demo-dangling': String(facts['danglingId']),
  });
  return facts;
}

async function unlessSkipped(
  facts: Facts,
  name: string,
  scenario: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await scenario();
  } catch (error) {
    if (!(error instanceof scenarios.Skipped)) throw error;
    facts.skipped[name] = error.message;
    return null;
  }
}

/** Not every builder records parents: say so instead of promising a chain that is none. */
async function checkParents(engine: TestEngine, facts: Facts): Promise<void> {
  const names = facts['chain'] as readonly string[];
  if (!(await scenarios.isLinked(engine, names))) {
    facts['chain'] = null;
    facts.skipped['chain'] = 'Its builder records no parents';
  }
  if ((await scenarios.parentId(engine, String(facts['intermediate']))) === '') {
    facts['intermediate'] = null;
    facts.skipped['intermediate'] = 'Its builder keeps no steps as images';
  }
}

async function readFacts(file: string): Promise<Record<string, Facts>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, Facts>;
  } catch {
    return {};
  }
}

async function main(names: readonly string[]): Promise<void> {
  const engines = await readEngines();
  const chosen = engines.filter(({ name }) => names.length === 0 || names.includes(name));
  const file = join(enginesRoot(), 'scenarios.json');
  const filled: [string, Facts][] = [];
  const fillOne = async (engine: TestEngine) => {
    const start = performance.now();
    filled.push([engine.name, await fill(engine)]);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`filled ${engine.name} in ${seconds} s\n`);
  };
  // All of them to their end: one that fails must not leave the others half filled.
  const failures = (await Promise.allSettled(chosen.map(fillOne))).filter(
    (result) => result.status === 'rejected',
  );
  const all = { ...(await readFacts(file)), ...Object.fromEntries(filled.sort()) };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  if (failures.length > 0) throw new AggregateError(failures.map(({ reason }) => reason as Error));
}

await main(process.argv.slice(2));
