import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { ImageRow } from '../../src/engine/image-row.ts';
import type { ImageIndex } from '../../src/image-index/image-index.ts';
import type { LiveIndexOptions } from '../../src/image-index/live/live-index.ts';
import { callEngine } from '../engines/api.ts';
import { type Files, tarOf } from '../engines/archive.ts';
import { filler } from '../engines/builder.ts';
import { runCli } from '../engines/cli.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { layoutTar } from '../engines/layout.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { agrees, untilNamed } from './agreement.ts';
import { describeEach } from './each-engine.ts';
import { connectDirectly, follow, NOTHING } from './follow.ts';
import { API, importImage, LABEL, localName, OPERATIONS, pushName, send } from './operations.ts';
import { removeAll } from './removal.ts';
import { runningTar } from './running-image.ts';
import { raiseSentinel } from './sequences.ts';

/**
 * One way of an index to find what nothing announces, with short intervals and the others off: docs/freshness.md
 * says what the intervals are otherwise.
 */
const BY = {
  /** An event that came too early, and looks at what it named a little later. */
  events: false,
  /** Containers of a builder. */
  hint: { ...NOTHING, hintMs: 300 },
  /** The engine's own count of images. */
  count: { ...NOTHING, countMs: 300, tickMs: 100 },
  /** A list of everything now and then. */
  reconcile: { ...NOTHING, reconcileMs: 500, tickMs: 100 },
} satisfies Record<string, NonNullable<LiveIndexOptions['timers']>>;
/** Far more than any of these intervals, for a busy machine. */
const WITHIN_MS = 10_000;

let seeds = 0;
const seed = (): string => `fresh-${process.pid}-${++seeds}`;

describeEach(await findRealEngines(), 'freshness of $name', (subject: TestEngine) => {
  const { name } = subject;
  const open: { close(): void }[] = [];
  let direct: Engine;

  beforeEach(async () => {
    await removeAll(subject);
    direct = connectDirectly(subject);
    open.push(direct);
  });
  afterEach(async () => {
    for (const thing of open.splice(0)) thing.close();
    await removeAll(subject);
  });

  async function index(timers: NonNullable<LiveIndexOptions['timers']>): Promise<ImageIndex> {
    const engine = connectDirectly(subject);
    const followed = await follow(engine, timers);
    open.unshift(followed, engine);
    return followed;
  }

  /** Podman tells its events late: those of what was arranged must not lead to a read of what comes after. */
  async function settle(): Promise<void> {
    await untilNamed(await index(false), await raiseSentinel(subject));
  }

  interface Entry<Arranged> {
    readonly on: readonly string[];
    readonly by: keyof typeof BY;
    readonly arrange?: () => Promise<Arranged>;
    readonly change: (arranged: Arranged) => Promise<unknown>;
    /** Engines that announce a part, so that events alone may or may not have been enough. */
    readonly partly?: readonly string[];
  }

  /** An entry of docs/freshness.md: events alone do not show a change, one way of healing does. */
  function entry<Arranged>(title: string, entry: Entry<Arranged>): void {
    const { on, by, arrange, change, partly = [] } = entry;
    // Not skipped: there is nothing to be said of this engine.
    if (!on.includes(name)) return;
    it(title, async () => {
      const arranged = (await arrange?.()) as Arranged;
      await settle();
      const deaf = await index(false);
      const healing = await index(BY[by]);
      await change(arranged);
      await vi.waitUntil(() => agrees(healing, direct), { timeout: WITHIN_MS, interval: 20 });
      if (by !== 'events' && !partly.includes(name)) expect(await agrees(deaf, direct)).toBe(false);
    });
  }

  const cli = (args: readonly string[], input?: Buffer, buildKit = false): Promise<string> =>
    runCli(subject, args, {
      ...(input === undefined ? {} : { input }),
      env: { DOCKER_BUILDKIT: buildKit ? '1' : '0' },
    });
  /** Another program of the same machine, that works on the store behind the engine. */
  function behind(program: string, args: readonly string[], input?: Buffer): Promise<string> {
    const socket = `${dirname(subject.url.slice('unix://'.length))}/exec/containerd/containerd.sock`;
    const [chroot = '', root = '', , ...own] = subject.cli;
    const options = program === 'ctr' ? ['-a', socket, '-n', 'moby'] : own;
    const tool = { ...subject, cli: [chroot, root, program, ...options] };
    return runCli(tool, args, input === undefined ? {} : { input });
  }
  const imported = (part = 'n0') => importImage(subject, `live/${part}`, seed());
  const nameOf = (part: string): string => `${localName(subject, part)}:1`;

  async function context(dockerfile: readonly string[], files: Files = {}): Promise<Buffer> {
    return tarOf({ Dockerfile: dockerfile.join('\n'), one: filler(seed(), 2), ...files });
  }
  const untagged = async (buildKit: boolean, ...dockerfile: readonly string[]) =>
    cli(['build', '-q', '-'], await context(dockerfile), buildKit);

  const DOCKER = ['docker-20', 'docker-28-containerd', 'docker-28-graph'];
  const GRAPH_DRIVERS = ['docker-20', 'docker-28-graph'];
  const CONTAINERD = ['docker-28-containerd'];
  const PODMAN = ['podman-5'];

  entry('an untagged build by the classic builder', {
    on: GRAPH_DRIVERS,
    by: 'hint',
    partly: ['docker-28-graph'],
    arrange: imported,
    change: () => untagged(false, `FROM ${nameOf('n0')}`, `COPY one /${seed()}`, 'LABEL one=1'),
  });

  entry('an untagged build FROM scratch by the classic builder', {
    on: GRAPH_DRIVERS,
    by: 'hint',
    partly: ['docker-28-graph'],
    change: () => untagged(false, 'FROM scratch', `LABEL ${LABEL}`),
  });

  entry('the steps of a build that fails', {
    on: GRAPH_DRIVERS,
    by: 'count',
    partly: ['docker-28-graph'],
    change: () =>
      untagged(false, 'FROM scratch', `LABEL ${LABEL}`, `COPY one /${seed()}`, 'COPY none /').catch(
        () => {},
      ),
  });

  entry('an untagged build by the classic builder whose steps need no container', {
    on: GRAPH_DRIVERS,
    by: 'count',
    arrange: imported,
    change: () => untagged(false, `FROM ${nameOf('n0')}`, `COPY one /${seed()}`),
  });

  entry('an untagged build by BuildKit', {
    on: ['docker-20'],
    by: 'count',
    change: () => untagged(true, 'FROM scratch', `LABEL ${LABEL}`, `COPY one /${seed()}`),
  });

  entry('an untagged import', {
    on: PODMAN,
    by: 'count',
    change: async () =>
      callEngine(subject.url, `${API}/images/create?fromSrc=-&changes=LABEL%20${LABEL}`, {
        method: 'POST',
        body: await context([]),
      }),
  });

  entry('an image that another program removes from the store', {
    on: PODMAN,
    by: 'count',
    arrange: imported,
    change: () => behind('buildah', ['rmi', nameOf('n0')]),
  });

  entry('a name that another program gives to an image', {
    on: PODMAN,
    by: 'reconcile',
    arrange: imported,
    change: () => behind('buildah', ['tag', nameOf('n0'), nameOf('n1')]),
  });

  entry('a name that ctr gives to an image', {
    on: CONTAINERD,
    by: 'count',
    arrange: imported,
    change: () => behind('ctr', ['images', 'tag', ctrName('n0'), ctrName('n1')]),
  });

  entry('an image that ctr imports', {
    on: CONTAINERD,
    by: 'count',
    change: () => importByCtr('n0', seed()),
  });

  entry('a name that ctr moves to another image', {
    on: CONTAINERD,
    by: 'reconcile',
    async arrange() {
      await imported('n0');
      await imported('n1');
    },
    change: () => behind('ctr', ['images', 'tag', '--force', ctrName('n0'), ctrName('n1')]),
  });

  entry('docker rmi --platform', {
    on: CONTAINERD,
    by: 'reconcile',
    arrange: async () =>
      cli(
        ['buildx', 'build', '-q', '--platform=linux/amd64,linux/arm64', '-t', nameOf('n0'), '-'],
        await context(['FROM scratch', `LABEL ${LABEL}`, `COPY one /${seed()}`]),
        true,
      ),
    change: () => cli(['rmi', '--force', '--platform=linux/arm64', nameOf('n0')]),
  });

  entry('an image that is unpacked because another with the same layers is', {
    on: CONTAINERD,
    by: 'reconcile',
    async arrange() {
      const layer = seed();
      await importByCtr('n0', layer);
      return layer;
    },
    change: (layer) => load('n1', layer),
  });

  entry('an image whose layers go away with another that has the same', {
    on: CONTAINERD,
    by: 'reconcile',
    async arrange() {
      const layer = seed();
      await load('n1', layer);
      await importByCtr('n0', layer);
    },
    change: () => cli(['rmi', nameOf('n1')]),
  });

  entry('an image that is unpacked after an import, a load and a build', {
    on: CONTAINERD,
    by: 'events',
    async change() {
      await imported();
      await load('n1', seed());
      await untagged(false, 'FROM scratch', `LABEL ${LABEL}`, `COPY one /${seed()}`);
      await untagged(true, 'FROM scratch', `LABEL ${LABEL}`, `COPY one /${seed()}`);
    },
  });

  entry('an image that loses its only name to a pull', {
    on: CONTAINERD,
    by: 'events',
    async arrange() {
      await imported('n0');
      await OPERATIONS['push']?.(subject, 'n0', '');
      await imported('n1');
      await cli(['tag', nameOf('n1'), `${pushName(subject, 'n0')}:1`]);
      await cli(['rmi', nameOf('n1')]);
    },
    change: () => cli(['pull', '-q', `${pushName(subject, 'n0')}:1`]),
  });

  entry('an image that is unpacked for its first container', {
    on: CONTAINERD,
    by: 'events',
    arrange: () => importByCtr('n0', seed()),
    change: () => OPERATIONS['create']?.(subject, 'n0', 'n0') ?? Promise.resolve(),
  });

  const STATES = ['start', 'pause', 'unpause', 'kill', 'start', 'stop?t=0'];
  it.runIf(DOCKER.includes(name) && process.arch === 'x64')(
    'containers that start, pause, stop and are killed',
    async () => {
      await callEngine(subject.url, `${API}/images/create?fromSrc=-&repo=live/run&tag=1`, {
        method: 'POST',
        body: await runningTar(),
      });
      await cli(['create', '--network=none', '--name=live-run', 'live/run:1', '/x']);
      const followed = await index(false);
      for (const state of STATES) {
        await send(subject, 'POST', `/containers/live-run/${state}`);
        await vi.waitUntil(() => agrees(followed, direct), { timeout: WITHIN_MS, interval: 20 });
      }
    },
  );

  it.runIf(CONTAINERD.includes(name))(
    'a parent that lists do not know of an image with several names',
    async () => {
      const followed = await index({ ...BY.reconcile, reconcileMs: 300 });
      await imported();
      const parentId = (await rowOf(followed, 'live/n0:1'))?.id;
      await cli(
        ['build', '-q', '-t', nameOf('n1'), '-'],
        await context([`FROM ${nameOf('n0')}`, 'LABEL one=1']),
      );
      await OPERATIONS['push']?.(subject, 'n1', '');
      // By another name of the same registry, so that the store has a name that came without a parent.
      await cli(['pull', '-q', `localhost:5000/${name}/live-n1:1`]);
      const { fullReads } = followed.state();
      await vi.waitUntil(() => followed.state().fullReads > fullReads + 1, { timeout: WITHIN_MS });
      expect(await rowOf(followed, 'live/n1:1')).toMatchObject({ parentId });

      const fresh = await index(false);
      expect(await rowOf(fresh, 'live/n1:1')).toMatchObject({ parentId: null });
      await OPERATIONS['tag']?.(subject, 'n1', 'n2');
      await vi.waitUntil(() => agrees(fresh, direct), { timeout: WITHIN_MS, interval: 20 });
      expect(await rowOf(fresh, 'live/n1:1')).toMatchObject({ parentId });
    },
  );

  it.runIf(PODMAN.includes(name))('an engine whose events tell too little', async () => {
    await imported();
    await settle();
    const followed = await index(BY.reconcile);
    for (const part of ['n1', 'n2', 'n3', 'n4']) {
      await behind('buildah', ['tag', nameOf('n0'), nameOf(part)]);
      await vi.waitUntil(() => agrees(followed, direct), { timeout: WITHIN_MS, interval: 20 });
      if (followed.state().mode === 'DEGRADED') break;
    }
    expect(followed.state().mode).toBe('DEGRADED');
  });

  const ctrName = (part: string): string => `docker.io/live/${part}:1`;
  const oneLayer = async (part: string, layer: string) =>
    layoutTar([
      {
        name: ctrName(part),
        labels: { 'imagegraph.live': '1', part },
        layers: [await tarOf({ layer: filler(layer, 1) })],
      },
    ]);
  const importByCtr = async (part: string, layer: string) =>
    behind('ctr', ['images', 'import', '--no-unpack', '-'], await oneLayer(part, layer));
  const load = async (part: string, layer: string) =>
    callEngine(subject.url, `${API}/images/load?quiet=1`, {
      method: 'POST',
      body: await oneLayer(part, layer),
    });
  async function rowOf(followed: ImageIndex, tag: string): Promise<ImageRow | undefined> {
    const { rows } = await followed.read(AbortSignal.timeout(9_000)).images();
    return rows.find(({ tags }) => tags.includes(tag));
  }
});
