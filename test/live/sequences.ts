import fc from 'fast-check';
import type { TestEngine } from '../engines/engine-list.ts';
import { importImage, OPERATIONS } from './operations.ts';

/** IMAGEGRAPH_LAW_SEED replays a run; the seed of a failed one is printed. */
const SEED = Number(process.env['IMAGEGRAPH_LAW_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const CLIENTS = 3;

const part = fc.integer({ min: 0, max: 4 }).map((number) => `n${number}`);
const steps = fc.array(
  fc.record({
    client: fc.integer({ min: 0, max: CLIENTS - 1 }),
    name: fc.constantFrom(...Object.keys(OPERATIONS)),
    one: part,
    other: part,
  }),
  { minLength: 12, maxLength: 30 },
);

/** What several clients do to an engine, each one thing after the other. */
export type Sequence = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

/** Holds a law against so many sequences. */
export function forAnySequence(
  runs: number,
  law: (sequence: Sequence) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(steps, law);
  return fc.assert(property, { seed: SEED, numRuns: runs, endOnFailure: true });
}

/** What is done while the engine is away is done in vain, as anything that cannot be done just then. */
export async function perform(engine: TestEngine, sequence: Sequence): Promise<void> {
  const inVain = (): void => {};
  await importImage(engine, 'live/n0', `base ${sequence.length}`).catch(inVain);
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (const { name, one, other } of sequence.filter((step) => step.client === client)) {
      await OPERATIONS[name]?.(engine, one, other).catch(inVain);
    }
  });
  await Promise.all(clients);
}

let sentinels = 0;

/** Does something that is announced after all else; what it is called then. */
export async function raiseSentinel(engine: TestEngine): Promise<string> {
  const sentinel = `sentinel-${++sentinels}`;
  await importImage(engine, 'live/base', 'base');
  await OPERATIONS['tag']?.(engine, 'base', sentinel);
  return sentinel;
}
