import type { ConfigFiles } from './config-files.ts';
import { readFile } from './given-file.ts';
import type { GivenOptions } from './given-options.ts';
import { quote } from './quote.ts';
import { servedCertificateProblem, tlsProblem } from './tls-material.ts';

/** Paths of PEM files that fit each other. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
}

/** What is in the files of a server: a token, and PEM texts. */
export interface ServerSecrets {
  readonly token: string | null;
  readonly tls: {
    readonly cert: string;
    readonly key: string;
    readonly clientCa: string | null;
  } | null;
}

/** 128 bits in hex digits. */
const MIN_TOKEN_LENGTH = 32;

/** What the files hold now; null when one of them is not what it was when the configuration was read: usable. */
export function readSecrets(
  { tokenFile, tls }: { readonly tokenFile: string | null; readonly tls: TlsFiles | null },
  files: ConfigFiles,
): ServerSecrets | null {
  const token = tokenFile === null ? null : tokenIn(files.readText(tokenFile) ?? '');
  const pem = tls === null ? null : readPem(tls, files);
  const isWhole = (token !== null || tokenFile === null) && (pem !== null || tls === null);
  return isWhole ? { token, tls: pem } : null;
}

function readPem(tls: TlsFiles, files: ConfigFiles): ServerSecrets['tls'] {
  const [cert, key] = [files.readText(tls.cert), files.readText(tls.key)];
  const clientCa = tls.clientCa === null ? null : files.readText(tls.clientCa);
  if (cert === null || key === null || (clientCa === null && tls.clientCa !== null)) return null;
  const ca = clientCa === null ? {} : { ca: clientCa };
  const problem = servedCertificateProblem(cert) ?? tlsProblem({ cert, key, ...ca });
  return problem === null ? { cert, key, clientCa } : null;
}

/** Path of the token file that was given, if it holds a token. */
export function readTokenFile(
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
  warnings: string[],
): string | null {
  const file = readFile(given, 'token-file', files, problems);
  if (file === null) return null;
  const mode = files.modeOf(file.path);
  // Secrets of compose and Kubernetes are 0444 and 0644: no reason to refuse them.
  if (mode !== null && (mode & 0o077) !== 0) warnings.push(openTo(file, mode));
  if (tokenIn(file.text) !== null) return file.path;
  problems.push(
    `${file.source}: ${quote(file.path)} does not hold one token of ${MIN_TOKEN_LENGTH} or more visible ASCII characters. openssl rand -hex 32 writes one.`,
  );
  return null;
}

/** The token that a text holds; null when it holds none that is long enough to be one. */
function tokenIn(text: string): string | null {
  const token = text.trim();
  return token.length >= MIN_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token) ? token : null;
}

function openTo({ source, path }: { source: string; path: string }, mode: number): string {
  return `${source}: ${quote(path)} can be read by others on this machine (mode 0${mode.toString(8)}). chmod 600 keeps it to its owner.`;
}

/** Paths of the PEM files that were given, if they fit each other. */
export function readTlsFiles(
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
): TlsFiles | null {
  const before = problems.length;
  const cert = readFile(given, 'tls-cert', files, problems);
  const key = readFile(given, 'tls-key', files, problems);
  const ca = readFile(given, 'tls-client-ca', files, problems);
  if (problems.length > before) return null;
  if (cert === null || key === null) {
    if (cert !== null || key !== null || ca !== null) {
      problems.push('TLS needs both --tls-cert and --tls-key. Give the missing one.');
    }
    return null;
  }
  const clientCa = ca === null ? {} : { ca: ca.text };
  const problem =
    servedCertificateProblem(cert.text) ??
    tlsProblem({ cert: cert.text, key: key.text, ...clientCa });
  if (problem !== null) problems.push(`${cert.source}, ${key.source}: ${problem}.`);
  return { cert: cert.path, key: key.path, clientCa: ca?.path ?? null };
}
