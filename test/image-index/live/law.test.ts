import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { ContainerRow } from '../../../src/engine/container-row.ts';
import type { ImageRow } from '../../../src/engine/image-row.ts';
import type { IndexReading } from '../../../src/image-index/image-index.ts';
import { compareAge } from '../../../src/engine/row-order.ts';
import { type Change, createDockerWorld, type DockerWorld, type Moment } from './docker-world.ts';
import { type OpenIndex, openLive, pass, read, useFakedClocks } from './open-index.ts';

vi.mock('node:timers/promises', () => import('../../support/faked-timers-promises.ts'));
useFakedClocks();

/** IMAGEGRAPH_LAW_SEED replays a run; the seed of a failed one is printed. */
const SEED = Number(process.env['IMAGEGRAPH_LAW_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env['IMAGEGRAPH_LAW_RUNS'] ?? 300);
/** Little enough that a stream that was cut for a while has a gap. */
const REMEMBERED = 4;

type Step =
  | Change
  | { readonly name: 'announce' | 'look' | 'release' | 'fail' | 'wait'; readonly one: number }
  | { readonly name: 'query' | 'cut' };

const small = fc.integer({ min: 0, max: 5 });
const change: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom<Change['name'][]>(
    ...(['tag', 'untag', 'import', 'build', 'pull', 'create', 'rename', 'remove'] as const),
  ),
  one: small,
  other: small,
});
const control = (...names: ('announce' | 'look' | 'release')[]): fc.Arbitrary<Step> =>
  fc.record({ name: fc.constantFrom(...names), one: small });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: change },
    { weight: 5, arbitrary: control('announce') },
    { weight: 8, arbitrary: control('look', 'release', 'release') },
    { weight: 3, arbitrary: fc.constant<Step>({ name: 'query' }) },
    { weight: 1, arbitrary: fc.record({ name: fc.constant('wait' as const), one: small }) },
    { weight: 1, arbitrary: fc.record({ name: fc.constant('fail' as const), one: small }) },
    { weight: 1, arbitrary: fc.constant<Step>({ name: 'cut' }) },
  ),
  { minLength: 5, maxLength: 60, size: 'max' },
);

const contentOf = (row: ImageRow | undefined): string =>
  JSON.stringify(row === undefined ? null : { ...row, tags: [], digests: [] });
const stateOf = (row: ContainerRow | undefined): string =>
  JSON.stringify(row === undefined ? null : { ...row, imageReference: '' });
const ownerOf = ({ images }: Pick<Moment, 'images'>, name: string): string | null =>
  [...images.values()].find(({ tags }) => tags.includes(name))?.id ?? null;

/** Checks that everything shown was so at some moment since one state. */
function expectSince(shown: Moment, moments: readonly Moment[]): void {
  const ids = (kind: 'images' | 'containers'): Set<string> =>
    new Set([...moments, shown].flatMap((moment) => [...moment[kind].keys()]));
  for (const id of ids('images')) {
    const possible = moments.map(({ images }) => contentOf(images.get(id)));
    expect(possible, id).toContain(contentOf(shown.images.get(id)));
  }
  for (const id of ids('containers')) {
    const possible = moments.map(({ containers }) => stateOf(containers.get(id)));
    expect(possible, id).toContain(stateOf(shown.containers.get(id)));
  }
  const names = [...shown.images.values()].flatMap(({ tags }) => tags);
  expect(names).toHaveLength(new Set(names).size);
  for (const name of Array.from({ length: 6 }, (_, at) => `demo/n${at}:1`)) {
    const possible = new Set(moments.map((moment) => ownerOf(moment, name)));
    // One that has moved since may be between two images: seen to have left, not yet seen to have come.
    if (possible.size > 1) possible.add(null);
    expect([...possible], name).toContain(ownerOf(shown, name));
  }
}

async function momentOf(reading: IndexReading): Promise<Moment> {
  const [{ rows }, containers] = [await reading.images(), await reading.containers()];
  return {
    images: new Map(rows.map((row) => [row.id, row])),
    containers: new Map(containers.map((row) => [row.id, row])),
  };
}

/** Asks now; checks the answer when it comes. */
async function query({ index }: OpenIndex, { announced, history }: DockerWorld): Promise<void> {
  const reading = read(index);
  const shown = await momentOf(reading);
  if (!reading.isStale()) expectSince(shown, history.slice(announced));
}

function take(step: Step, opened: OpenIndex, world: DockerWorld): Promise<void> | void {
  const { reads, events } = opened.scripted;
  if ('other' in step) return world.perform(step);
  switch (step.name) {
    case 'query':
      return query(opened, world);
    case 'cut':
      return events.cut();
    case 'announce':
      return world.announce(step.one + 1);
    case 'wait':
      return pass(step.one * 100);
    default:
      return reads.held[step.one % (reads.held.length || 1)]?.[step.name]();
  }
}

/** Everything is announced and answered: what the index shows is what the engine has. */
async function expectAgreement({ index, scripted }: OpenIndex, world: DockerWorld): Promise<void> {
  world.announce(Infinity);
  scripted.reads.letGo();
  await pass(20_000);
  expect(index.version()).not.toBeNull();
  const reading = read(index);
  expect((await reading.images()).rows).toEqual([...scripted.images.values()].sort(compareAge));
  expect(await reading.containers()).toEqual([...scripted.containers.values()].sort(compareAge));
}

it('whatever happens in whatever order, an answer shows all that was announced before it was asked for, and in the end all there is', async () => {
  const property = fc.asyncProperty(steps, async (sequence) => {
    let world: DockerWorld | null = null;
    const opened = await openLive((scripted) => void (world = createDockerWorld(scripted)), {
      remembered: REMEMBERED,
    });
    const { reads } = opened.scripted;
    reads.hold('listImages', 'listContainers', 'readContainers', 'readImage');
    const queries: Promise<void>[] = [];
    try {
      for (const step of sequence) {
        const done = take(step, opened, world as never);
        if (step.name === 'query') {
          queries.push(done as Promise<void>);
          (done as Promise<void>).catch(() => {});
        } else await done;
        await pass();
      }
      await expectAgreement(opened, world as never);
      await Promise.all(queries);
    } finally {
      opened.index.close();
      await Promise.allSettled(queries);
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: false });
}, 120_000);
