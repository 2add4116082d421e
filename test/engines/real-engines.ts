import { readEngines, type TestEngine } from './engine-list.ts';
import { readFacts } from './facts.ts';

const EXPECTED = ['docker-20', 'docker-28-containerd', 'docker-28-graph', 'podman-5'];

/**
 * The real engines of this machine that are up and filled. Where some are missing it says so and goes on
 * without them, unless IMAGEGRAPH_TEST_ENGINES=required.
 */
export async function findRealEngines(): Promise<TestEngine[]> {
  const engines = await listEngines();
  const facts = await readFacts();
  const isReady = (name: string) => name in facts && engines.some((engine) => engine.name === name);
  const missing = EXPECTED.filter((name) => !isReady(name));
  if (missing.length > 0) {
    const sentence = `These engines are not up and filled (test/engines/README.md): ${missing.join(', ')}`;
    if (process.env['IMAGEGRAPH_TEST_ENGINES'] === 'required') throw new Error(sentence);
    process.stderr.write(`${sentence}. Tests that need them are skipped.\n`);
  }
  return engines.filter(({ name }) => isReady(name));
}

/** None where engines.sh was never run. */
async function listEngines(): Promise<readonly TestEngine[]> {
  return readEngines().catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
