import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const LIVE = 'test/live/**/*.test.ts';
/** What takes long and depends on engines, other programs or V8 more than on the version of Node. */
const LONG = [
  'test/{wall,packaging,package,conformance,soak,browser,federation}/**/*.test.ts',
  'test/docs/commands.test.ts',
];
/** Who replaces a module by vi.mock needs modules that no other file has loaded before. */
const MOCKED = [
  'test/image-index/live/**/*.test.ts',
  'test/limits/examined.test.ts',
  'test/engine/redaction.test.ts',
];
const FAULTS = ['test/faults/**/*.test.ts', 'test/operation/shutdown.test.ts'];

export default defineConfig({
  resolve: {
    // graphql ships two builds, and two of them in one process refuse each other's schemas.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Much of a test is waiting.
    maxWorkers: '100%',
    // Vitest's own second is short for a machine that runs all of these at once.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'still',
          include: ['test/**/*.test.ts'],
          exclude: [LIVE, ...FAULTS, ...MOCKED, ...LONG, '**/node_modules/**'],
          // Loading the gateway takes longer than most files: a worker does it once.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'mocked',
          include: MOCKED,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: LONG,
          exclude: ['**/node_modules/**'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Deadlines are what these are about: after the others, and once more where the machine was busy.
        extends: true,
        test: {
          name: 'faults',
          include: FAULTS,
          retry: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // These change and restart real engines: after all others, and one file at a time.
        extends: true,
        test: {
          name: 'live',
          include: [LIVE],
          fileParallelism: false,
          // Real engines under a busy machine may take longer than any bound that still says something.
          retry: 1,
          // Removing what a law has made is hundreds of deletions, each of which an engine writes to disk.
          hookTimeout: 300_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
