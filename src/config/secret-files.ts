import type { ConfigFiles } from './config-files.ts';
import { type GivenFile, readFile } from './given-file.ts';
import type { GivenOptions } from './given-options.ts';
import type { OptionName } from './options.ts';
import { quote } from './quote.ts';
import { servedCertificateProblem, tlsProblem } from './tls-material.ts';

/** Paths of PEM files that fit each other. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
}

/** Where the secrets of a server are. */
export interface SecretFiles {
  /** Path of a file that held a token when it was read. */
  readonly tokenFile: string | null;
  readonly tls: TlsFiles | null;
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

/** The files that were given, and what is in them. Each is read once: what comes out of a pipe comes once. */
export function readSecretFiles(
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
  warnings: string[],
): SecretFiles & { readonly secrets: ServerSecrets } {
  const token = readToken(given, files, problems, warnings);
  const tls = readTls(given, files, problems);
  return {
    tokenFile: token?.path ?? null,
    tls: tls?.paths ?? null,
    secrets: { token: token?.token ?? null, tls: tls?.texts ?? null },
  };
}

/** What the same files hold now; else sentences on what is wrong with them, without a secret. */
export function readSecretsAgain(
  { tokenFile, tls }: SecretFiles,
  files: ConfigFiles,
): { readonly secrets: ServerSecrets } | { readonly problems: readonly string[] } {
  const paths: readonly (readonly [OptionName, string | null])[] = [
    ['token-file', tokenFile],
    ['tls-cert', tls?.cert ?? null],
    ['tls-key', tls?.key ?? null],
    ['tls-client-ca', tls?.clientCa ?? null],
  ];
  const given: GivenOptions = new Map(
    paths.flatMap(([name, path]) =>
      path === null ? [] : [[name, { values: [path], source: `--${name}` }] as const],
    ),
  );
  const problems: string[] = [];
  const { secrets } = readSecretFiles(given, files, problems, []);
  return problems.length > 0 ? { problems } : { secrets };
}

function readToken(
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
  warnings: string[],
): { readonly path: string; readonly token: string } | null {
  const file = readFile(given, 'token-file', files, problems);
  if (file === null) return null;
  const { path } = file;
  const mode = files.modeOf(path);
  // Secrets of compose and Kubernetes are 0444 and 0644: no reason to refuse them.
  if (mode !== null && (mode & 0o077) !== 0) warnings.push(openTo(file, mode));
  const token = file.text.trim();
  if (token.length >= MIN_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token)) return { path, token };
  problems.push(
    `${file.source}: ${quote(path)} does not hold one token of ${MIN_TOKEN_LENGTH} or more visible ASCII characters. openssl rand -hex 32 writes one.`,
  );
  return null;
}

function openTo({ source, path }: GivenFile, mode: number): string {
  return `${source}: ${quote(path)} can be read by others on this machine (mode 0${mode.toString(8)}). chmod 600 keeps it to its owner.`;
}

/** The PEM files that were given, if they fit each other. */
function readTls(
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
): { readonly paths: TlsFiles; readonly texts: NonNullable<ServerSecrets['tls']> } | null {
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
  const problem = pemProblem(cert, key, ca);
  if (problem !== null) problems.push(problem);
  return {
    paths: { cert: cert.path, key: key.path, clientCa: ca?.path ?? null },
    texts: { cert: cert.text, key: key.text, clientCa: ca?.text ?? null },
  };
}

/** Each file by itself before the pair, so that what is wrong is said of the file that it is wrong in. */
function pemProblem(cert: GivenFile, key: GivenFile, ca: GivenFile | null): string | null {
  const [certName, keyName] = [cert, key].map(({ source, path }) => `${source} ${quote(path)}`);
  const served = servedCertificateProblem(cert.text);
  if (served !== null) return `${certName}: ${served}.`;
  const authority = ca === null ? null : tlsProblem({ ca: ca.text });
  if (ca !== null && authority !== null) return `${ca.source} ${quote(ca.path)}: ${authority}.`;
  const pair = tlsProblem({ cert: cert.text, key: key.text });
  return pair === null ? null : `${certName}, ${keyName}: ${pair}.`;
}
