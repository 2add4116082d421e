import type { ConfigFiles } from './config-files.ts';
import type { GivenOptions } from './given-options.ts';
import { isLoopback } from './loopback.ts';
import type { OptionName } from './options.ts';
import { quote } from './quote.ts';
import { isHost, readChoice, readHosts, toPort } from './setting.ts';
import { tlsProblem } from './tls-material.ts';

/** How this server is reached, and by whom. */
export interface ServerSettings {
  /** An address without brackets, or a name. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly graphiql: boolean;
  /** Was readable, and held a token, when the configuration was read. */
  readonly tokenFile: string | null;
  readonly tls: TlsFiles | null;
  /** Further values of the Host header, in lower case, as they must be sent. */
  readonly allowHosts: readonly string[];
  /** Further values of the Origin header, as browsers send it. */
  readonly allowOrigins: readonly string[];
}

/** Paths of PEM files that fit each other. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
}

const DEFAULT_PORT = 4000;
/** 128 bits in hex digits. */
const MIN_TOKEN_LENGTH = 32;

/** With isExposed: whether others than this machine can connect. */
export function readServerSettings(
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
): ServerSettings & { readonly isExposed: boolean } {
  const host = readHost(given, problems);
  const isExposed = !isLoopback(host);
  const tokenFile = readTokenFile(given, files, problems);
  if (isExposed && !given.has('token-file')) {
    problems.push(
      `Listening on ${quote(host)} lets others than this machine ask. Give a --token-file (openssl rand -hex 32 writes a token), or listen on 127.0.0.1.`,
    );
  }
  const graphiql = readChoice(given, 'graphiql', ['on', 'off'], problems);
  return {
    host,
    port: readPort(given, problems),
    graphiql: graphiql === null ? !isExposed : graphiql === 'on',
    tokenFile,
    tls: readTlsFiles(given, files, problems),
    allowHosts: readHosts(given, 'allow-host', problems),
    allowOrigins: readOrigins(given, problems),
    isExposed,
  };
}

function readHost(given: GivenOptions, problems: string[]): string {
  const { values: [value] = [], source } = given.get('host') ?? {};
  if (value === undefined) return '127.0.0.1';
  const host = value.replace(/^\[(.*)\]$/, '$1');
  if (isHost(host)) return host;
  problems.push(`${source} is ${quote(value)}. Give an address such as 127.0.0.1, ::1 or 0.0.0.0.`);
  return '127.0.0.1';
}

function readPort(given: GivenOptions, problems: string[]): number {
  const { values: [value] = [], source } = given.get('port') ?? {};
  if (value === undefined) return DEFAULT_PORT;
  const port = toPort(value);
  if (port === null) {
    problems.push(
      `${source} is ${quote(value)}. Give a number from 0 to 65535; 0 takes a free port.`,
    );
  }
  return port ?? DEFAULT_PORT;
}

function readTokenFile(given: GivenOptions, files: ConfigFiles, problems: string[]): string | null {
  const file = readFile(given, 'token-file', files, problems);
  if (file === null) return null;
  const token = file.text.trim();
  if (token.length >= MIN_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token)) return file.path;
  problems.push(
    `${file.source}: ${quote(file.path)} does not hold one token of ${MIN_TOKEN_LENGTH} or more visible ASCII characters. openssl rand -hex 32 writes one.`,
  );
  return null;
}

function readTlsFiles(
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
  const problem = tlsProblem({ cert: cert.text, key: key.text, ...clientCa });
  if (problem !== null) problems.push(`${cert.source}, ${key.source}: ${problem}.`);
  return { cert: cert.path, key: key.path, clientCa: ca?.path ?? null };
}

/** The file that an option names, and where it was given; null, and a problem, when it cannot be read. */
export function readFile(
  given: GivenOptions,
  name: OptionName,
  files: ConfigFiles,
  problems: string[],
): { path: string; text: string; source: string } | null {
  const { values: [path] = [], source = '' } = given.get(name) ?? {};
  if (path === undefined) return null;
  const text = files.readText(path);
  if (text !== null) return { path, text, source };
  problems.push(`${source}: ${quote(path)} cannot be read. Check the path and its permissions.`);
  return null;
}

function readOrigins(given: GivenOptions, problems: string[]): string[] {
  const { values = [], source } = given.get('allow-origin') ?? {};
  return values.flatMap((value) => {
    const origin = toOrigin(value);
    if (origin !== null) return [origin];
    problems.push(
      `${source} is ${quote(value)}. Give scheme, host and port alone, e.g. https://example.com or http://localhost:3000.`,
    );
    return [];
  });
}

/** As browsers write it: lower case, without the scheme's own port. Null for what is more or less than an origin. */
function toOrigin(text: string): string | null {
  if (!/^https?:\/\/[^/?#@\\*\s]+$/i.test(text) || !URL.canParse(text)) return null;
  return new URL(text).origin;
}
