import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ConfigFiles, kindOf } from './config-files.ts';
import { dockerEndpoint, type EndpointOrProblem } from './docker-endpoint.ts';
import type { Environment } from './given-options.ts';
import { quote } from './quote.ts';
import { readTlsMaterial } from './tls-material.ts';

/** The context that Docker does not store: DOCKER_HOST or its default socket. */
export const DEFAULT_CONTEXT = 'default';

/** As the docker command, which connects to this where a context names no host. */
const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/** Docker's folder of settings, $DOCKER_CONFIG or ~/.docker; null without a home. */
export function dockerFolder(env: Environment): string | null {
  if (env['DOCKER_CONFIG']) return env['DOCKER_CONFIG'];
  const home = homeFolder(env);
  return home === null ? null : join(home, '.docker');
}

/** HOME, or what Windows has instead. */
export function homeFolder(env: Environment): string | null {
  return env['HOME'] || env['USERPROFILE'] || null;
}

/**
 * The name of the context that the docker command would use, from DOCKER_CONTEXT or else currentContext of
 * config.json (docker/cli, command/cli.go, resolveContextName). DOCKER_HOST goes before it: ask that first.
 */
export function currentContext(
  env: Environment,
  files: ConfigFiles,
): { readonly name: string; readonly origin: string } | { readonly problem: string } {
  if (env['DOCKER_CONTEXT']) return { name: env['DOCKER_CONTEXT'], origin: 'DOCKER_CONTEXT' };
  const folder = dockerFolder(env);
  const file = folder === null ? null : join(folder, 'config.json');
  const text = file === null ? null : files.readText(file);
  if (file === null || text === null || text.trim() === '') {
    return { name: DEFAULT_CONTEXT, origin: 'no other is chosen' };
  }
  const settings = parseObject(text);
  if (settings === null) {
    return {
      problem: `${file} is no JSON object, so the current Docker context cannot be known. Repair it, or name an engine with --engine.`,
    };
  }
  const name = settings['currentContext'];
  return {
    name: typeof name === 'string' && name !== '' ? name : DEFAULT_CONTEXT,
    origin: `currentContext in ${file}`,
  };
}

/** The endpoint of a stored context, with its certificates (docker/cli, context/store, context/docker/load.go). */
export function readContext(name: string, env: Environment, files: ConfigFiles): EndpointOrProblem {
  const folder = dockerFolder(env);
  if (folder === null) return { problem: 'there is neither DOCKER_CONFIG nor HOME to find it by' };
  const key = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', key, 'meta.json');
  const text = files.readText(file);
  if (text === null) {
    return { problem: `${file} cannot be read; docker context ls lists the contexts there are` };
  }
  const docker = asObject(asObject(parseObject(text)?.['Endpoints'])?.['docker']);
  if (docker === null) return { problem: `${file} describes no Docker endpoint` };
  const host = docker['Host'] ?? '';
  if (typeof host !== 'string') return { problem: `the Host in ${file} is no text` };
  return contextEndpoint(
    host === '' ? DEFAULT_HOST : host,
    join(folder, 'contexts', 'tls', key, 'docker'),
    docker['SkipTLSVerify'] === true,
    files,
  );
}

function contextEndpoint(
  host: string,
  tlsFolder: string,
  skipVerify: boolean,
  files: ConfigFiles,
): EndpointOrProblem {
  const hasFiles = kindOf(files, tlsFolder) === 'directory';
  const tls = hasFiles ? readTlsMaterial(tlsFolder, files) : { material: {} };
  if ('problem' in tls) return tls;
  const wanted = hasFiles || skipVerify;
  const material = { ...tls.material, ...(skipVerify ? { skipVerify } : {}) };
  const parsed = dockerEndpoint(host, wanted ? material : null);
  return 'problem' in parsed
    ? { problem: `its host is ${quote(host)}: ${parsed.problem}` }
    : parsed;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : null;
}
