/**
 * Image references by the distribution grammar (github.com/distribution/reference), normalised as Docker
 * does. Pure: nothing here asks an engine. A text that does not parse must never reach one.
 */

/** A name, with what stood behind it. */
export interface ParsedName {
  /** Registry host with its port; docker.io when the text had none. */
  readonly domain: string;
  /** Path within the registry, e.g. library/alpine. */
  readonly path: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** An image ID or its beginning, or a name. */
export type ParsedReference =
  | { readonly kind: 'id'; readonly algorithm: 'sha256'; readonly hex: string }
  | (ParsedName & {
      readonly kind: 'name';
      /** Hex digits, when the text may also be the beginning of an image ID; a name goes before. */
      readonly idPrefix: string | null;
    });

/** Longer than any name with tag and digest can be; checked before anything is matched. */
const MAX_REFERENCE_LENGTH = 512;
/** Of the path alone, as distribution/reference counts since v0.6; before, the domain counted too. */
const MAX_PATH_LENGTH = 255;
/** Docker takes no shorter prefix of an ID (containerd store). */
const MIN_ID_PREFIX = 4;

// Each quantifier is over a class that the next part cannot begin with, so none of these backtracks.
const DOMAIN =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const HEX = /^[a-f0-9]+$/;

/** Hex digits of the digest algorithms that the OCI image-spec registers. */
const HEX_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Whether a text is a digest: a registered algorithm and as many hex digits as it has. */
export function isDigest(text: string): boolean {
  const colon = text.indexOf(':');
  const hex = text.slice(colon + 1);
  return HEX_LENGTHS[text.slice(0, colon)] === hex.length && HEX.test(hex);
}

/**
 * What a person or program may name an image by; null for everything else.
 * `sha256:` with 4 to 64 hex digits is an ID or its beginning, as are 64 bare ones; more than 64 are
 * refused although the grammar would take them for a name, because they are a mistyped ID.
 */
export function parseReference(text: string): ParsedReference | null {
  if (text.length === 0 || text.length > MAX_REFERENCE_LENGTH) return null;
  const prefixed = text.startsWith('sha256:');
  const hex = prefixed ? text.slice('sha256:'.length) : text;
  const isHex = HEX.test(hex);
  if (prefixed || (isHex && hex.length >= 64)) {
    const fits = isHex && hex.length >= MIN_ID_PREFIX && hex.length <= 64;
    return fits ? { kind: 'id', algorithm: 'sha256', hex } : null;
  }
  // sha512:… is a digest to Docker, although it could be a name with a long tag.
  const name = isDigest(text) ? null : parseName(text);
  if (name === null) return null;
  return { kind: 'name', ...name, idPrefix: isHex && hex.length >= MIN_ID_PREFIX ? hex : null };
}

/** One element of RepoTags; null for a malformed name, which the containerd store may hold. */
export function parseEngineTag(text: string): ParsedName | null {
  return text.length > MAX_REFERENCE_LENGTH || isDigest(text) ? null : parseName(text);
}

/** One element of RepoDigests; null for a bare digest (containerd store) and for a malformed name. */
export function parseEngineDigest(text: string): (ParsedName & { readonly digest: string }) | null {
  const name = parseEngineTag(text);
  return name === null || name.digest === null ? null : { ...name, digest: name.digest };
}

/** With registry host and path in full: docker.io/library/alpine. */
export function canonicalName(domain: string, path: string): string {
  return `${domain}/${path}`;
}

/** As Docker prints it: alpine, owner/app, ghcr.io/owner/app. */
export function familiarName(domain: string, path: string): string {
  if (domain !== 'docker.io') return `${domain}/${path}`;
  const official = /^library\/([^/]+)$/.exec(path);
  return official?.[1] ?? path;
}

/** name[:tag][@digest] */
function parseName(text: string): ParsedName | null {
  const at = text.indexOf('@');
  const digest = at < 0 ? null : text.slice(at + 1);
  if (digest !== null && !isDigest(digest)) return null;
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  // A colon before a slash belongs to a port: localhost:5000/app has no tag.
  const tagged = colon > rest.lastIndexOf('/');
  const tag = tagged ? rest.slice(colon + 1) : null;
  // Two dots are harmless in a tag, but nothing that may become part of a path shall hold them.
  if (tag !== null && (!TAG.test(tag) || tag.includes('..'))) return null;
  const place = splitDomain(tagged ? rest.slice(0, colon) : rest);
  return place === null ? null : { ...place, tag, digest };
}

/** The first component is a registry only when it cannot be a path: with a dot, port, or capital letter. */
function splitDomain(name: string): { domain: string; path: string } | null {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isDomain =
    slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const domain = isDomain && first !== 'index.docker.io' ? first : 'docker.io';
  const path = isDomain ? name.slice(slash + 1) : name;
  if (isDomain && !DOMAIN.test(first)) return null;
  if (!path.split('/').every((component) => PATH_COMPONENT.test(component))) return null;
  const full = domain === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return full.length > MAX_PATH_LENGTH ? null : { domain, path: full };
}
