import { cliLines, runCli } from '../engines/cli.ts';
import type { TestEngine } from '../engines/engine-list.ts';

/** An image as the engine's own command line tells it, in the gateway's words. */
export interface ToldImage {
  readonly imageId: string;
  readonly parentId: string | null;
  /** Sorted. */
  readonly tags: readonly string[];
  /** Sorted. */
  readonly digests: readonly string[];
  /** Sorted by key. */
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  /** Bytes; on the containerd store something else than the list's size. */
  readonly size: number;
  readonly architecture: string;
  readonly os: string;
  /** Diff IDs, base first. */
  readonly layers: readonly string[];
  /** NAME=value. */
  readonly environment: readonly string[];
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workingDirectory: string | null;
  readonly comment: string | null;
}

/** A step as `history` tells it. */
export interface ToldStep {
  readonly createdBy: string | null;
  readonly comment: string | null;
}

/** IDs that `images` lists, each once, sorted. */
export async function listedIds(engine: TestEngine, all: boolean): Promise<string[]> {
  const args = ['images', '--no-trunc', '-q', ...(all ? ['-a'] : [])];
  return [...new Set((await cliLines(engine, args)).map(withAlgorithm))].sort();
}

/** What `image inspect` says of each. */
export async function inspectAll(
  engine: TestEngine,
  ids: readonly string[],
): Promise<Map<string, ToldImage>> {
  const printed = await runCli(engine, ['image', 'inspect', ...ids]);
  const told = (JSON.parse(printed) as Record<string, unknown>[]).map(toToldImage);
  return new Map(told.map((image) => [image.imageId, image]));
}

/** What `image inspect --platform` says of one platform of an image. */
export async function inspectPlatform(
  engine: TestEngine,
  id: string,
  platform: string,
): Promise<ToldImage> {
  const printed = await runCli(engine, ['image', 'inspect', '--platform', platform, id]);
  const [json] = JSON.parse(printed) as Record<string, unknown>[];
  return toToldImage(json as Record<string, any>);
}

/** What `history` says, newest first; empty when it says nothing. */
export async function toldHistory(engine: TestEngine, id: string): Promise<readonly ToldStep[]> {
  const args = ['history', '--no-trunc', '--format', 'json', id];
  const printed = await runCli(engine, args);
  // Podman prints one list, Docker an object on each line, older ones of them no JSON at all.
  const steps = printed.startsWith('[')
    ? (JSON.parse(printed) as Record<string, string>[])
    : printed
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, string>);
  return steps.map((step) => ({
    createdBy: step['CreatedBy'] || null,
    comment: (step['Comment'] ?? step['comment']) || null,
  }));
}

function toToldImage(json: Record<string, any>): ToldImage {
  const labels: Record<string, string> = json['Config']?.Labels ?? {};
  return {
    imageId: withAlgorithm(json['Id']),
    parentId: json['Parent'] ? withAlgorithm(json['Parent']) : null,
    // Docker 28's containerd store prints a name that was pulled by digest among the tags.
    tags: (json['RepoTags'] ?? []).filter((tag: string) => !tag.includes('@')).sort(),
    digests: [...(json['RepoDigests'] ?? [])].sort(),
    labels: Object.entries(labels)
      .map(([key, value]) => ({ key, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
    size: json['Size'],
    architecture: json['Architecture'],
    os: json['Os'],
    layers: json['RootFS']?.Layers ?? [],
    environment: json['Config']?.Env ?? [],
    command: json['Config']?.Cmd ?? null,
    entrypoint: json['Config']?.Entrypoint ?? null,
    workingDirectory: json['Config']?.WorkingDir || null,
    comment: json['Comment'] || null,
  };
}

/** Podman's command line prints IDs without their algorithm. */
function withAlgorithm(id: string): string {
  return id.includes(':') ? id : `sha256:${id}`;
}
