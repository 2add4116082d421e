import type { ConfigFiles } from './config-files.ts';
import type { GivenOptions } from './given-options.ts';
import { isLoopback } from './loopback.ts';
import { quote } from './quote.ts';
import { isHost, readChoice, readHosts, toPort } from './setting.ts';
import { readSecretFiles, type SecretFiles, type ServerSecrets } from './secret-files.ts';

/** How this server is reached, and by whom. */
export interface ServerSettings extends SecretFiles {
  /** A TCP address, whose host is an address without brackets or a name and whose port 0 takes a free one; or a socket file. */
  readonly address:
    | { readonly host: string; readonly port: number }
    | { readonly socketPath: string };
  /** Whether others than this machine can connect. */
  readonly isExposed: boolean;
  readonly graphiql: boolean;
  /** What was in the files when the configuration was read. */
  readonly secrets: ServerSecrets;
  /** Further values of the Host header, in lower case, as they must be sent. */
  readonly allowHosts: readonly string[];
  /** Further values of the Origin header, as browsers send it. */
  readonly allowOrigins: readonly string[];
}

const DEFAULT_PORT = 4000;

/** Reads how the server is reached; what is wrong is added to problems, what is only unwise to warnings. */
export function readServerSettings(
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
  warnings: string[],
): ServerSettings {
  const address = readAddress(given, problems);
  const isExposed = 'host' in address && !isLoopback(address.host);
  const secretFiles = readSecretFiles(given, files, problems, warnings);
  if (isExposed) {
    const isGuarded = given.has('token-file') || given.has('tls-client-ca');
    if (!isGuarded) problems.push(unguarded(address.host));
    else if (!given.has('tls-cert')) warnings.push(inClear(address.host));
  }
  const graphiql = readChoice(given, 'graphiql', ['on', 'off'], problems);
  return {
    address,
    isExposed,
    graphiql: graphiql === null ? !isExposed : graphiql === 'on',
    ...secretFiles,
    allowHosts: readHosts(given, 'allow-host', problems),
    allowOrigins: readOrigins(given, problems),
  };
}

function unguarded(host: string): string {
  return `Listening on ${quote(host)} lets others than this machine ask. Give a --token-file (openssl rand -hex 32 writes a token) or a --tls-client-ca, or listen on 127.0.0.1.`;
}

function inClear(host: string): string {
  return `On ${quote(host)} without TLS, the token and all answers can be read on the way. Give --tls-cert and --tls-key, or let nothing but a proxy that has TLS reach it.`;
}

function readAddress(given: GivenOptions, problems: string[]): ServerSettings['address'] {
  const { values: [value] = [], source } = given.get('host') ?? {};
  const port = readPort(given, problems);
  if (value === undefined) return { host: '127.0.0.1', port };
  const [, socketPath] = /^unix:(?:\/\/)?(\/.+)$/.exec(value) ?? [];
  if (socketPath !== undefined) return { socketPath };
  const host = value.replace(/^\[(.*)\]$/, '$1');
  if (isHost(host)) return { host, port };
  problems.push(
    `${source} is ${quote(value)}. Give an address such as 127.0.0.1, ::1 or 0.0.0.0, or unix:///path of a socket file.`,
  );
  return { host: '127.0.0.1', port };
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
