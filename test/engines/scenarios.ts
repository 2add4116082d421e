import { build, filler, fullId, imageId, localName } from './builder.ts';
import { cliLines, runCli } from './cli.ts';
import type { TestEngine } from './engine-list.ts';
import { REGISTRY } from './engine-list.ts';
import { tarOf } from './archive.ts';
import { layoutTar } from './layout.ts';

export const OCI_LABELS: Readonly<Record<string, string>> = {
  'org.opencontainers.image.title': 'Multi',
  'org.opencontainers.image.description': 'An image with every well known label',
  'org.opencontainers.image.version': '1.2.3',
  'org.opencontainers.image.revision': '0123456789abcdef0123456789abcdef01234567',
  'org.opencontainers.image.created': '2024-01-02T03:04:05Z',
  'org.opencontainers.image.authors': 'Team <team@example.com>',
  'org.opencontainers.image.vendor': 'Example',
  'org.opencontainers.image.licenses': 'MIT',
  'org.opencontainers.image.url': 'https://example.com',
  'org.opencontainers.image.documentation': 'https://example.com/docs',
  'org.opencontainers.image.source': 'https://example.com/source.git',
};

/** Through fromEntries: in an object literal `__proto__` would set the prototype instead. */
export const ODD_LABELS: Readonly<Record<string, string>> = Object.fromEntries([
  ['empty', ''],
  ['com.example.dots/and/slashes', 'kept'],
  ['__proto__', 'polluted'],
  ['constructor', 'also a name of every object'],
  ['two.lines', 'first\nsecond'],
  ['equals=sign', 'a=b'],
  ['ünï¢ödé', '☃'],
]);

const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const NOT_CONTAINERD = 'Only the containerd store holds an image of several platforms';

/** Thrown where an engine cannot have a scenario; its message becomes the reason. */
export class Skipped extends Error {}

/** Oldest first; each names the one before as its parent. */
export async function chain(engine: TestEngine): Promise<readonly string[]> {
  const names = ['base', 'middle', 'top'].map((part) => localName(engine, `demo/chain-${part}:1`));
  let from = 'scratch';
  for (const name of names) {
    // One step each: more would put a nameless image between.
    await build(engine, name, name, { from, classic: true, steps: 1 });
    if (from !== 'scratch') await expectParent(engine, name, from);
    from = name;
  }
  return names;
}

async function expectParent(engine: TestEngine, name: string, parent: string): Promise<void> {
  const named = await runCli(engine, ['image', 'inspect', '-f', '{{.Parent}}', name]);
  if (named !== '' && fullId(named) === (await imageId(engine, parent))) return;
  throw new Error(`${engine.name}: ${name} has the parent "${named}" instead of ${parent}`);
}

/** Its build leaves a nameless parent, where the builder keeps its steps as images. */
export async function intermediate(engine: TestEngine): Promise<string> {
  const name = localName(engine, 'demo/steps:1');
  await build(engine, name, name, { classic: true, steps: 3 });
  return name;
}

export async function multiPlatform(engine: TestEngine): Promise<string> {
  const name = localName(engine, 'demo/multi:1');
  const platforms = engine.store === 'CONTAINERD' ? { platforms: PLATFORMS } : {};
  await build(engine, name, 'multi', { labels: OCI_LABELS, ...platforms });
  return name;
}

/** An index of two platforms of which only the foreign one was pulled. */
export async function partial(engine: TestEngine): Promise<string> {
  if (engine.store !== 'CONTAINERD') throw new Skipped(NOT_CONTAINERD);
  const name = `${REGISTRY}/team/partial:1`;
  await build(engine, name, 'partial', { platforms: PLATFORMS });
  await runCli(engine, ['push', '-q', name]);
  await runCli(engine, ['rmi', name]);
  // The builder's cache holds the layers of both platforms still.
  await runCli(engine, ['builder', 'prune', '-af']);
  await runCli(engine, ['pull', '-q', '--platform', 'linux/arm64', name]);
  return name;
}

/** An index whose platforms were all removed again: only its attestations are there. */
export async function emptied(engine: TestEngine): Promise<string> {
  if (engine.store !== 'CONTAINERD') throw new Skipped(NOT_CONTAINERD);
  const name = 'demo/emptied:1';
  await build(engine, name, 'emptied', { platforms: PLATFORMS });
  const platforms = PLATFORMS.flatMap((platform) => ['--platform', platform]);
  await runCli(engine, ['rmi', '--force', ...platforms, name]);
  return name;
}

export async function imported(engine: TestEngine): Promise<string> {
  const name = localName(engine, 'demo/imported:1');
  const input = await tarOf({ 'data/file': filler('imported', 3) });
  await runCli(engine, ['import', '-', name], { input });
  return name;
}

/**
 * A tag that a second build takes away from the image of the first. Classic, because on Docker's
 * containerd store (28.5) a rebuild by BuildKit removes the first image altogether.
 */
export async function moved(engine: TestEngine): Promise<{ danglingId: string; movedTag: string }> {
  const movedTag = localName(engine, 'demo/moved:1');
  const options = { classic: true, steps: 1 };
  const danglingId = await build(engine, movedTag, 'moved, first', options);
  await build(engine, movedTag, 'moved, second', options);
  return { danglingId, movedTag };
}

export async function twoRepositories(engine: TestEngine): Promise<readonly string[]> {
  const names = ['demo/first:1', 'demo/second:1'].map((name) => localName(engine, name));
  const [first = '', second = ''] = names;
  await build(engine, first, 'two repositories');
  await runCli(engine, ['tag', first, second]);
  return names;
}

export async function withPort(engine: TestEngine): Promise<string> {
  const name = `${REGISTRY}/team/app:1`;
  await build(engine, name, 'with port');
  return name;
}

/** In the registry under a tag, and here. Each engine has its own repository: they fill at once. */
export async function pushed(engine: TestEngine): Promise<string> {
  const name = `${REGISTRY}/${engine.name}/pushed:1`;
  await build(engine, name, 'pushed');
  await runCli(engine, ['push', '-q', name]);
  return name;
}

/** Pulled by its digest alone, so that no tag names it. */
export async function byDigest(engine: TestEngine): Promise<string> {
  const repository = `${REGISTRY}/${engine.name}/pinned`;
  await build(engine, `${repository}:1`, 'pinned');
  await runCli(engine, ['push', '-q', `${repository}:1`]);
  const digest = await registryDigest(`${engine.name}/pinned`, '1');
  await runCli(engine, ['rmi', `${repository}:1`]);
  await runCli(engine, ['pull', '-q', `${repository}@${digest}`]);
  return `${repository}@${digest}`;
}

async function registryDigest(repository: string, tag: string): Promise<string> {
  const response = await fetch(`http://${REGISTRY}/v2/${repository}/manifests/${tag}`, {
    method: 'HEAD',
    headers: {
      Accept: [
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ].join(', '),
    },
  });
  const digest = response.headers.get('docker-content-digest');
  if (!digest) throw new Error(`The registry has no digest of ${repository}:${tag}`);
  return digest;
}

/** Loaded rather than built: builders and their command lines spoil such labels on the way. */
export async function oddLabels(engine: TestEngine): Promise<string> {
  const name = localName(engine, 'demo/odd-labels:1');
  const layers = [await tarOf({ 'odd/file': filler('odd', 1) })];
  const input = await layoutTar([{ name, labels: ODD_LABELS, layers }]);
  await runCli(engine, ['load'], { input });
  return name;
}

/** Dates that builders of reproducible images leave behind: none, year one, and 1970. */
export async function dates(engine: TestEngine): Promise<Readonly<Record<string, string>>> {
  const created = { none: null, yearOne: '0001-01-01T00:00:00Z', epoch: '1970-01-01T00:00:00Z' };
  const names: [string, string][] = [];
  for (const [part, date] of Object.entries(created)) {
    const name = localName(engine, `demo/date-${part.toLowerCase()}:1`);
    const layers = [await tarOf({ 'date/file': filler(part, 1) })];
    const input = await layoutTar([{ name, labels: {}, layers, created: date }]);
    await runCli(engine, ['load'], { input });
    names.push([part, name]);
  }
  return Object.fromEntries(names);
}

/** Names of containers and what each is made of; none of them ever runs. */
export async function containers(
  engine: TestEngine,
  images: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, { imageId: string }>>> {
  const made: [string, { imageId: string }][] = [];
  for (const [name, image] of Object.entries(images)) {
    await runCli(engine, ['create', '--name', name, image, '/x']);
    const [id = ''] = await cliLines(engine, ['inspect', '--format', '{{.Image}}', name]);
    made.push([name, { imageId: fullId(id) }]);
  }
  return Object.fromEntries(made);
}
