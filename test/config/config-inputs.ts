import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, parseConfig } from '../../src/config/config.ts';
import type { ConfigFiles } from '../../src/config/config-files.ts';

/** What is at a path: the text of a file, or what else there is. */
export type Entry =
  | string
  | { text: string; mode: number }
  | { kind: 'socket' | 'directory' }
  | { linkTo: string };

/** A machine of a few paths. */
export function filesOf(entries: Readonly<Record<string, Entry>> = {}): ConfigFiles {
  const real = (path: string): string => {
    const entry = entries[path];
    return typeof entry === 'object' && 'linkTo' in entry ? real(entry.linkTo) : path;
  };
  return {
    readText(path) {
      const entry = entries[real(path)];
      if (typeof entry === 'object' && 'text' in entry) return entry.text;
      return typeof entry === 'string' ? entry : null;
    },
    modeOf(path) {
      const entry = entries[real(path)];
      return typeof entry === 'object' && 'mode' in entry ? entry.mode : 0o600;
    },
    kindOf(path) {
      const entry = entries[real(path)];
      if (entry === undefined) return null;
      if (typeof entry === 'string' || 'text' in entry) return 'file';
      return 'kind' in entry ? entry.kind : null;
    },
    realPath: real,
  };
}

interface Given {
  argv?: readonly string[];
  env?: Readonly<Record<string, string>>;
  files?: Readonly<Record<string, Entry>> | ConfigFiles;
  uid?: number | null;
  platform?: NodeJS.Platform;
}

function parse({ argv = [], env = {}, files = {}, uid = 1000, platform = 'linux' }: Given) {
  const given = isReader(files) ? files : filesOf(files);
  return parseConfig({ argv, env, files: given, uid, platform });
}

function isReader(files: Readonly<Record<string, Entry>> | ConfigFiles): files is ConfigFiles {
  return typeof files.readText === 'function';
}

/** The configuration; an error that shows the problems when there are any. */
export function configOf(given: Given): Config {
  const parsed = parse(given);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

/** The problems; none when there is a configuration. */
export function problemsOf(given: Given): readonly string[] {
  const parsed = parse(given);
  return 'problems' in parsed ? parsed.problems : [];
}

/** name=kind:place of each engine, short enough to compare. */
export function enginesOf(given: Given): string[] {
  return configOf(given).engines.map(({ name, endpoint }) => {
    const { kind, ...place } = endpoint;
    return `${name}=${kind}:${Object.values(place).join(' ')}`;
  });
}

/** A certificate that signs itself and its key, as PEM texts; from openssl. */
export function createCertificate(
  names = 'DNS:localhost,IP:127.0.0.1',
  curve = 'P-256',
): {
  cert: string;
  key: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'imagegraph-cert-'));
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  try {
    execFileSync(
      'openssl',
      [
        `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:${curve} -nodes -days 2 -subj /CN=localhost`,
        `-addext subjectAltName=${names} -keyout key.pem -out cert.pem`,
      ].flatMap((words) => words.split(' ')),
      { cwd: folder, stdio: 'pipe' },
    );
    return { cert: read('cert.pem'), key: read('key.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
