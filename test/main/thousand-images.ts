import { vi } from 'vitest';
import { containerdStore, startStandInEngine } from '../support/stand-in-engine.ts';
import { type Program, start } from './program.ts';

/** Aliases, which make long answers of few rows. */
const FIELDS = Array.from({ length: 20 }, (_, at) => `a${at}: id`).join(' ');

/** For each of some images, a thousand: five are some 10 MB. */
export const nested = (first: number): string =>
  `images(first: ${first}) { nodes { engine { images(first: 1000) { nodes { ${FIELDS} } } } } }`;

/** The program over 1,000 images, without a cache of answers. @param heap in megabytes */
export async function startOverThousand(
  heap: number,
): Promise<{ program: Program; close(): Promise<void> }> {
  const engine = await startStandInEngine(containerdStore(1_000));
  const program = await start({
    args: ['--engine', `e=unix://${engine.socketPath}`, '--response-cache', '0'],
    env: { NODE_OPTIONS: `--max-old-space-size=${heap}` },
  });
  const count = async () => (await program.ask('{ images { totalCount } }')).data?.images;
  await vi.waitUntil(async () => (await count())?.totalCount === 1_000);
  return {
    program,
    async close() {
      await program.stop();
      await engine.close();
    },
  };
}
