import { posix } from 'node:path';
import type { Endpoint } from '../engine/endpoint.ts';

const MAX_NAME_LENGTH = 63;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** Whether a text can be the name of an engine. */
export function isEngineName(text: string): boolean {
  return NAME.test(text);
}

/**
 * What an engine is called that nobody gave a name: after its socket file without .sock, its host, its
 * folder, or its archive without .tar; so unix:///var/run/docker.sock is docker and ssh://me@build is build.
 */
export function nameOf(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'socket':
      return nameFrom(posix.basename(endpoint.path, '.sock'));
    case 'tcp':
    case 'tls':
      return nameFrom(endpoint.host);
    case 'ssh':
      return nameFrom(endpoint.destination.replace(/^.*@/, ''));
    case 'layout':
      return nameFrom(posix.basename(endpoint.directory));
    case 'archive':
      return nameFrom(posix.basename(endpoint.file).replace(/\.(?:tar|tar\.gz|tgz)$/, ''));
    default:
      return endpoint.kind;
  }
}

/** Any text made into an engine's name. */
export function nameFrom(text: string): string {
  const name = text.replaceAll(/[^A-Za-z0-9_.-]/g, '-').replace(/^[_.-]+/, '');
  return name === '' ? 'engine' : name.slice(0, MAX_NAME_LENGTH);
}

/** The name itself, or with -2, -3 … what nobody has yet. */
export function unusedName(name: string, used: ReadonlySet<string>): string {
  let candidate = name;
  for (let number = 2; used.has(candidate); number++) {
    const suffix = `-${number}`;
    candidate = name.slice(0, MAX_NAME_LENGTH - suffix.length) + suffix;
  }
  return candidate;
}
