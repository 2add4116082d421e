import { familiarName, parseEngineTag } from '../engine/reference.ts';

/** The names of one image, as Docker prints them. */
export interface Names {
  readonly tags: readonly string[];
  /** Repositories of the tags, and of names that hold a digest instead of a tag. */
  readonly repositories: readonly string[];
}

/**
 * The name that a descriptor of an index.json stands under. containerd and Docker write the whole name;
 * the OCI specification's own annotation holds a whole name (skopeo, podman) or only a tag (oras, buildx).
 * @param repository what a bare tag is a tag of: the layout's own name
 */
export function nameOf(
  annotations: Readonly<Record<string, string>> | undefined,
  repository: string,
): string | null {
  const whole = annotations?.['io.containerd.image.name'];
  if (whole !== undefined) return whole;
  const name = annotations?.['org.opencontainers.image.ref.name'];
  if (name === undefined) return null;
  return /[/:@]/.test(name) ? name : `${repository}:${name}`;
}

/** Normalises names; what is none by the distribution grammar is left out. */
export function toNames(texts: readonly string[]): Names {
  const tags = new Set<string>();
  const repositories = new Set<string>();
  for (const text of texts) {
    const name = parseEngineTag(text);
    if (name === null) continue;
    const repository = familiarName(name.domain, name.path);
    repositories.add(repository);
    if (name.tag !== null || name.digest === null)
      tags.add(`${repository}:${name.tag ?? 'latest'}`);
  }
  return { tags: [...tags].sort(), repositories: [...repositories].sort() };
}

/** The repository that bare tags of a layout or archive belong to: its name, as far as it may be one. */
export function repositoryOf(path: string): string {
  const base = /([^/\\]*)[/\\]*$/.exec(path)?.[1] ?? '';
  const name = base.toLowerCase().replace(/(\.oci)?(\.tar)?(\.gz)?$|\.tgz$/, '');
  return parseEngineTag(name)?.tag === null ? name : 'layout';
}
