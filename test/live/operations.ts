import { callEngine } from '../engines/api.ts';
import { sha256, tarOf } from '../engines/archive.ts';
import { filler } from '../engines/builder.ts';
import { runCli } from '../engines/cli.ts';
import { REGISTRY, type TestEngine } from '../engines/engine-list.ts';
import { layoutTar } from '../engines/layout.ts';

/** Everything made here has this label, so that a prune takes nothing else. */
export const LABEL = 'imagegraph.live=1';
/** Spoken by every engine of the tests. */
export const API = '/v1.41';

/** What a client does to an engine; one that cannot be done there and then is done in vain. */
export type Operation = (engine: TestEngine, one: string, other: string) => Promise<void>;

const name = (part: string): string => `live/${part}`;
export const pushName = (engine: TestEngine, part: string): string =>
  `${REGISTRY}/${engine.name}/live-${part}`;

/** The operations that an engine announces, by name. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  tag: (engine, one, other) => post(engine, `/images/${name(one)}:1/tag?repo=${name(other)}&tag=1`),
  untag: (engine, one) => send(engine, 'DELETE', `/images/${name(one)}:1`),
  import: (engine, one, other) => importImage(engine, name(one), other),
  create: (engine, one, other) =>
    post(engine, `/containers/create?name=live-${other}`, { Image: `${name(one)}:1`, Cmd: ['/x'] }),
  remove: (engine, one) => send(engine, 'DELETE', `/containers/live-${one}?force=1`),
  rename: (engine, one, other) => post(engine, `/containers/live-${one}/rename?name=live-${other}`),
  commit: (engine, one, other) =>
    post(
      engine,
      `/commit?container=live-${one}&repo=${name(other)}&tag=1&changes=LABEL%20${LABEL}`,
    ),
  load: loadTwo,
  build: (engine, one, other) => build(engine, one, other, true),
  buildClassic: (engine, one, other) => build(engine, one, other, false),
  prune: (engine) => {
    const filters = JSON.stringify({ dangling: ['true'], label: [LABEL] });
    return post(engine, `/images/prune?filters=${encodeURIComponent(filters)}`);
  },
  push: async (engine, one) => {
    await post(engine, `/images/${name(one)}:1/tag?repo=${pushName(engine, one)}&tag=1`);
    await cli(engine, ['push', ...insecure(engine), '-q', `${pushName(engine, one)}:1`]);
  },
  pull: (engine, one) =>
    cli(engine, ['pull', ...insecure(engine), '-q', `${pushName(engine, one)}:1`]),
};

export async function importImage(engine: TestEngine, repo: string, seed: string): Promise<void> {
  const body = await tarOf({ [`data/${seed}`]: filler(seed, 2) });
  const path = `/images/create?fromSrc=-&repo=${repo}&tag=1&changes=LABEL%20${LABEL}`;
  await callEngine(engine.url, `${API}${path}`, { method: 'POST', body });
}

async function loadTwo(engine: TestEngine, one: string, other: string): Promise<void> {
  const images = [...new Set([one, other])].map(async (part) => ({
    name: `docker.io/${name(part)}:1`,
    labels: { 'imagegraph.live': '1', part },
    layers: [await tarOf({ [`loaded/${part}`]: filler(part, 1) })],
  }));
  const body = await layoutTar(await Promise.all(images));
  await callEngine(engine.url, `${API}/images/load?quiet=1`, { method: 'POST', body });
}

async function build(
  engine: TestEngine,
  one: string,
  other: string,
  buildKit: boolean,
): Promise<void> {
  const input = await tarOf({
    Dockerfile: `FROM scratch\nLABEL ${LABEL}\nCOPY one /${other}/one\nCOPY two /${other}/two`,
    one: filler(`one ${other}`, 1),
    two: filler(`two ${other} ${sha256(one)}`, 1),
  });
  const isModern = buildKit && engine.name !== 'docker-20';
  await cli(engine, ['build', '-q', '-t', `${localName(engine, one)}:1`, '-'], {
    input,
    env: { DOCKER_BUILDKIT: isModern ? '1' : '0' },
  });
}

/** As the engine itself would name what its API calls by a short name. */
export function localName(engine: TestEngine, part: string): string {
  return engine.kind === 'PODMAN' ? `docker.io/${name(part)}` : name(part);
}

function insecure(engine: TestEngine): readonly string[] {
  return engine.kind === 'PODMAN' ? ['--tls-verify=false'] : [];
}

async function cli(...args: Parameters<typeof runCli>): Promise<void> {
  await runCli(...args).catch(() => {});
}

function post(engine: TestEngine, path: string, json?: unknown): Promise<void> {
  return send(engine, 'POST', path, json);
}

/** A request of the Engine API; whether it succeeds is not looked at. */
export async function send(
  engine: TestEngine,
  method: string,
  path: string,
  json?: unknown,
): Promise<void> {
  await callEngine(engine.url, `${API}${path}`, {
    method,
    ...(json === undefined ? {} : { json }),
  });
}
