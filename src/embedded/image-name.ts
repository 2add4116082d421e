/** A parsed image reference, its repository in full. */
export interface ImageName {
  /** With registry host: `docker.io/library/web`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[a-f0-9]{64}$/;
const DOMAIN = /^(?:[a-zA-Z0-9]+(?:[.-]+[a-zA-Z0-9]+)*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const MAX_REPOSITORY = 255;

/**
 * Parses `[host[:port]/]path[:tag][@digest]` as the docker command does: without a host it is
 * docker.io, and there a path of one part is under library/ (distribution/reference, normalize.go).
 * Undefined for what is no such reference; the tag stays undefined where none is written.
 */
export function parseImageName(text: string): ImageName | undefined {
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const name = at === -1 ? text : text.slice(0, at);
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  const tag = tagged ? name.slice(colon + 1) : undefined;
  const repository = toRepository(tagged ? name.slice(0, colon) : name);
  const valid =
    repository !== undefined &&
    (digest === undefined || DIGEST.test(digest)) &&
    (tag === undefined || TAG.test(tag));
  return valid ? { repository, tag, digest } : undefined;
}

/** One text for each name, whatever way it was written; `latest` where it has neither tag nor digest. */
export function canonicalName({ repository, tag, digest }: ImageName): string {
  const shownTag = tag ?? (digest === undefined ? 'latest' : undefined);
  return (
    repository +
    (shownTag === undefined ? '' : `:${shownTag}`) +
    (digest === undefined ? '' : `@${digest}`)
  );
}

/** A canonical name or repository as Docker prints it: without docker.io/ and library/. */
export function familiarName(canonical: string): string {
  if (!canonical.startsWith('docker.io/')) {
    return canonical;
  }
  const path = canonical.slice('docker.io/'.length);
  const rest = path.startsWith('library/') ? path.slice('library/'.length) : path;
  return rest.includes('/') ? path : rest;
}

function toRepository(name: string): string | undefined {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const hasDomain = slash !== -1 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const domain = hasDomain && first !== 'index.docker.io' ? first : 'docker.io';
  const path = hasDomain ? name.slice(slash + 1) : name;
  if (name.length > MAX_REPOSITORY || !DOMAIN.test(domain) || !PATH.test(path)) {
    return undefined;
  }
  const official = domain === 'docker.io' && !path.includes('/');
  // 64 hexadecimal characters alone are always an image ID.
  if (official && /^[a-f0-9]{64}$/.test(path)) {
    return undefined;
  }
  return official ? `${domain}/library/${path}` : `${domain}/${path}`;
}
