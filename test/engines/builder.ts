import { cliLines, runCli } from './cli.ts';
import type { TestEngine } from './engine-list.ts';
import { sha256, tarOf } from './archive.ts';

export interface BuildOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly platforms?: readonly string[];
  /** Parents are recorded by the classic builder only, which makes an image of each step. */
  readonly classic?: boolean;
  readonly from?: string;
  /** COPY steps; each makes a layer. */
  readonly steps?: number;
}

/** Reads what `fill` made: the short name of an image as the engine itself spells it. */
export function localName(engine: TestEngine, name: string): string {
  return engine.kind === 'PODMAN' ? `localhost/${name}` : name;
}

/** An ID with its algorithm; Podman's command line leaves it away. */
export function fullId(id: string): string {
  return id.includes(':') ? id : `sha256:${id}`;
}

/** Builds FROM scratch, or from a local image, with files that no other name has. */
export async function build(
  engine: TestEngine,
  name: string,
  content: string,
  options: BuildOptions = {},
): Promise<string> {
  const labels = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const multi = options.platforms
    ? [`--platform=${options.platforms.join(',')}`, '--provenance=mode=max']
    : [];
  const args = [
    ...(options.platforms ? ['buildx', 'build'] : ['build']),
    ...multi,
    ...labels.map((label) => `--label=${label}`),
    '-t',
    name,
    '-',
  ];
  const buildKit = engine.name !== 'docker-20' && !options.classic;
  await runCli(engine, args, {
    input: await buildContext(content, options),
    env: { DOCKER_BUILDKIT: buildKit ? '1' : '0' },
  });
  return imageId(engine, name);
}

async function buildContext(content: string, options: BuildOptions): Promise<Buffer> {
  const steps = Array.from({ length: options.steps ?? 2 }, (_, index) => `file-${index}`);
  const dockerfile = [
    `FROM ${options.from ?? 'scratch'}`,
    ...steps.map((file) => `COPY ${file} /app/${sha256(content).slice(0, 8)}/${file}`),
    ...(options.classic ? [] : ['ENV APP_HOME=/app', 'CMD ["/app/start"]']),
  ];
  const files = steps.map(
    (file, index) => [file, filler(`${content} ${file}`, index + 1)] as const,
  );
  return tarOf({ Dockerfile: dockerfile.join('\n'), ...Object.fromEntries(files) });
}

/** Bytes that hardly compress, so that layers have sizes to tell apart. */
export function filler(seed: string, kibibytes: number): Buffer {
  const blocks = Array.from({ length: kibibytes * 32 }, (_, block) =>
    Buffer.from(sha256(`${seed} ${block}`), 'hex'),
  );
  return Buffer.concat(blocks);
}

export async function imageId(engine: TestEngine, name: string): Promise<string> {
  return fullId(await runCli(engine, ['image', 'inspect', '--format', '{{.Id}}', name]));
}

/** Empties an engine: `fill` starts from nothing, so that running it twice gives the same. */
export async function clear(engine: TestEngine): Promise<void> {
  const containers = await cliLines(engine, ['ps', '-aq']);
  if (containers.length > 0) await runCli(engine, ['rm', '-f', ...containers]);
  if (engine.kind === 'PODMAN') {
    await runCli(engine, ['rmi', '-af']);
    return;
  }
  // Prune knows the order of parents and children, and drops the builder's cache, whose layers
  // would make a partly pulled image look whole.
  await runCli(engine, ['image', 'prune', '-af']);
  await runCli(engine, ['builder', 'prune', '-af']);
  const left = await cliLines(engine, ['images', '-aq', '--no-trunc']);
  if (left.length > 0) await runCli(engine, ['rmi', '-f', ...new Set(left)]);
}
