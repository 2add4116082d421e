import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Under which Docker's files keep the credentials of Docker Hub. */
const HUB = 'https://index.docker.io/v1/';
/** A helper may have to ask a cloud for a token. */
const HELPER_MS = 10_000;
/** A name that helpers give to a token that is no password (docker/docker-credential-helpers). */
const TOKEN_USER = '<token>';

/** Finds what an engine has to show to a registry. */
export interface RegistryCredentials {
  /**
   * The value of X-Registry-Auth; null when there is nothing for this registry, or it cannot be read.
   * @param registry host[:port] as references have it; docker.io for Docker Hub
   */
  find(registry: string): Promise<string | null>;
}

/** Where credentials are, and what their helpers see. */
export interface CredentialSources {
  /** Docker's folder of settings; null when there is none. */
  readonly folder: string | null;
  /** The environment of credential helpers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told what could not be used, without any secret. */
  readonly onProblem: (registry: string, problem: string) => void;
}

interface Settings {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

interface StoredAuth {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

interface HelperAnswer {
  readonly Username?: string;
  readonly Secret?: string;
}

/** Reads Docker's config.json anew each time: docker login and logout need no restart. */
export function createDockerCredentials(sources: CredentialSources): RegistryCredentials {
  const { folder, environment, onProblem } = sources;
  return {
    async find(registry) {
      if (folder === null) return null;
      try {
        const settings = await readSettings(join(folder, 'config.json'));
        return settings === null ? null : await findIn(settings, registry, environment);
      } catch (error) {
        onProblem(registry, (error as Error).message);
        return null;
      }
    },
  };
}

async function readSettings(file: string): Promise<Settings | null> {
  const content = await readFile(file, 'utf8').catch(() => null);
  if (content === null || content.trim() === '') return null;
  try {
    return JSON.parse(content) as Settings;
  } catch {
    // Its own words would repeat a part of the file.
    throw new Error('config.json is no JSON');
  }
}

async function findIn(
  settings: Settings,
  registry: string,
  environment: CredentialSources['environment'],
): Promise<string | null> {
  const server = registry === 'docker.io' ? HUB : registry;
  const helper = settings.credHelpers?.[server] ?? settings.credHelpers?.[registry];
  const store = helper ?? settings.credsStore;
  if (typeof store === 'string' && store !== '') return askHelper(store, server, environment);
  const names = [server, `https://${server}`, `https://${server}/v1/`, `http://${server}`];
  const stored = names.map((name) => settings.auths?.[name]).find((auth) => auth !== undefined);
  return stored === undefined ? null : ofStored(stored, server);
}

function ofStored(stored: StoredAuth, server: string): string | null {
  if (stored.identitytoken) return encode({ identitytoken: stored.identitytoken }, server);
  if (stored.registrytoken) return encode({ registrytoken: stored.registrytoken }, server);
  const [, user = stored.username ?? '', password = stored.password ?? ''] =
    /^([^:]*):([^]*)$/.exec(Buffer.from(stored.auth ?? '', 'base64').toString('utf8')) ?? [];
  if (user === '') return null;
  return encode({ username: user, password: password.replace(/\0+$/, '') }, server);
}

/** Asks docker-credential-NAME get, as the docker command does: the server on its input, JSON on its output. */
async function askHelper(
  name: string,
  server: string,
  environment: CredentialSources['environment'],
): Promise<string | null> {
  if (!/^[\w.-]+$/.test(name)) throw new Error('the name of the credential helper is no name');
  const command = `docker-credential-${name}`;
  const { printed, code } = await runHelper(command, server, environment);
  // A helper that knows nothing of a registry fails, and says so in words.
  if (code !== 0) {
    if (/not found/i.test(printed)) return null;
    throw new Error(`${command} failed`);
  }
  const { Username: username = '', Secret: secret = '' } = parseAnswer(printed, command);
  if (username === TOKEN_USER) return encode({ identitytoken: secret }, server);
  return username === '' ? null : encode({ username, password: secret }, server);
}

async function runHelper(
  command: string,
  input: string,
  environment: CredentialSources['environment'],
): Promise<{ readonly printed: string; readonly code: number | null }> {
  const child: ChildProcess = spawn(command, ['get'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Node's own timeout would keep a process from ending, also where the helper is not there at all.
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    // What it has started may hold its output open for as long as it likes.
    child.stdout?.destroy(new Error(`${command} failed`));
  }, HELPER_MS).unref();
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', () => reject(new Error(`${command} cannot be run`)));
    child.on('close', resolve);
  });
  // Where there is no file left for its streams, Node leaves them out and tells the error a moment later.
  const { stdin, stdout } = child;
  stdin?.on('error', () => {});
  stdin?.end(`${input}\n`);
  try {
    const [printed, code] = await Promise.all([stdout ? text(stdout) : '', ended]);
    return { printed, code };
  } finally {
    clearTimeout(timer);
  }
}

function parseAnswer(printed: string, command: string): HelperAnswer {
  try {
    return JSON.parse(printed) as HelperAnswer;
  } catch {
    throw new Error(`${command} printed no JSON`);
  }
}

/** URL-safe and padded, as engines take it (moby api/pkg/authconfig). */
function encode(auth: Readonly<Record<string, string>>, server: string): string {
  const json = JSON.stringify({ ...auth, serveraddress: server });
  return Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
