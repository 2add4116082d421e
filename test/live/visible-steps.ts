import { tarOf } from '../engines/archive.ts';
import { filler } from '../engines/builder.ts';
import { runCli } from '../engines/cli.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { LABEL, localName, OPERATIONS, pushName } from './operations.ts';

/** What a command line is told, or a request of the Engine API, and the name that it brings or takes away. */
export interface Step {
  readonly run: () => Promise<unknown>;
  readonly shown?: string;
  readonly gone?: string;
}

/** The part of a name that must be there before the first step: `importImage(engine, 'live/n0', seed)`. */
export const FIRST = 'n0';

/** Every change of one image or one container that an engine announces, in an order that can be taken. */
export function visibleSteps(engine: TestEngine): Readonly<Record<string, Step>> {
  const { nameOf, api, cli } = speak(engine);
  const pushed = `${pushName(engine, FIRST)}:1`;
  const insecure = engine.kind === 'PODMAN' ? ['--tls-verify=false'] : [];
  const create = (container: string) => cli(['create', `--name=${container}`, nameOf(FIRST), '/x']);
  return {
    ...namings(engine),
    'push and rmi of what was pushed': {
      run: async () => {
        await api('push', FIRST);
        await cli(['rmi', pushed]);
      },
      gone: pushed,
    },
    pull: { run: () => cli(['pull', ...insecure, '-q', pushed]), shown: pushed },
    'create, API': { run: () => api('create', FIRST, 'one'), shown: 'live-one' },
    'create, command': { run: () => create('live-two'), shown: 'live-two' },
    'commit, API': { run: () => api('commit', 'one', 'n5'), shown: nameOf('n5') },
    'commit, command': {
      run: () => cli(['commit', '-c', `LABEL ${LABEL}`, 'live-one', nameOf('n6')]),
      shown: nameOf('n6'),
    },
    'rm, API': { run: () => api('remove', 'one'), gone: 'live-one' },
    'rm, command': { run: () => cli(['rm', 'live-two']), gone: 'live-two' },
  };
}

function namings(engine: TestEngine): Readonly<Record<string, Step>> {
  const { nameOf, api, cli } = speak(engine);
  const build = async () =>
    cli(['build', '-q', '-t', nameOf('n4'), '-'], await contextOf(`${process.pid}`));
  return {
    'tag, API': { run: () => api('tag', FIRST, 'n1'), shown: nameOf('n1') },
    'tag, command': { run: () => cli(['tag', nameOf(FIRST), nameOf('n2')]), shown: nameOf('n2') },
    'rmi, API': { run: () => api('untag', 'n1'), gone: nameOf('n1') },
    'rmi, command': { run: () => cli(['rmi', nameOf('n2')]), gone: nameOf('n2') },
    'build, API': { run: () => api('buildClassic', 'n3', 'n3'), shown: nameOf('n3') },
    'build, command': { run: build, shown: nameOf('n4') },
  };
}

function speak(engine: TestEngine) {
  return {
    nameOf: (part: string): string => `${localName(engine, part)}:1`,
    api: (operation: string, one: string, other = '') =>
      OPERATIONS[operation]?.(engine, one, other) ?? Promise.reject(new Error(operation)),
    cli: (args: readonly string[], input?: Buffer) =>
      runCli(engine, args, input === undefined ? {} : { input }),
  };
}

async function contextOf(seed: string): Promise<Buffer> {
  const dockerfile = `FROM scratch\nLABEL ${LABEL}\nCOPY one /one`;
  return tarOf({ Dockerfile: dockerfile, one: filler(seed, 1) });
}
