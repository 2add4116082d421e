import { isAbsolute, join } from 'node:path';
import type { Endpoint, TlsMaterial } from '../engine/endpoint.ts';
import { type ConfigFiles, kindOf, realPath } from './config-files.ts';
import {
  currentContext,
  DEFAULT_CONTEXT,
  dockerFolder,
  homeFolder,
  readContext,
} from './docker-context.ts';
import { dockerEndpoint, type EndpointOrProblem } from './docker-endpoint.ts';
import { nameFrom, nameOf } from './engine-name.ts';
import type { Environment } from './given-options.ts';
import { quote } from './quote.ts';
import { readTlsMaterial } from './tls-material.ts';

/** An engine to connect to. */
export interface ConfiguredEngine {
  /** Unique among the engines. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Where it comes from, in plain words for the log. */
  readonly origin: string;
}

/** What the engines of a machine are found by. */
export interface Machine {
  readonly env: Environment;
  readonly files: ConfigFiles;
  /** Of the process; null where there are none. */
  readonly uid: number | null;
  readonly platform: NodeJS.Platform;
}

/**
 * The engines when none is named: the first of DOCKER_HOST, the current Docker context, and the default
 * sockets that exist. Empty when there is none of them; a socket without a listener still counts.
 */
export function findEngines(machine: Machine, problems: string[]): ConfiguredEngine[] {
  const { env, files } = machine;
  const host = env['DOCKER_HOST'];
  if (host) return fromDockerHost(host, machine, problems);
  const context = currentContext(env, files);
  if ('problem' in context) {
    problems.push(context.problem);
    return [];
  }
  if (context.name === DEFAULT_CONTEXT) return defaultSockets(machine);
  const parsed = readContext(context.name, env, files);
  if ('problem' in parsed) {
    problems.push(
      `The Docker context ${quote(context.name)} (${context.origin}) cannot be used: ${parsed.problem}. Choose another with docker context use, or name an engine with --engine.`,
    );
    return [];
  }
  const origin = `the Docker context ${context.name} (${context.origin})`;
  return [{ name: nameFrom(context.name), endpoint: parsed.endpoint, origin }];
}

function fromDockerHost(host: string, machine: Machine, problems: string[]): ConfiguredEngine[] {
  // The docker command takes host:port here as well.
  const parsed = withTls(host.includes('://') ? host : `tcp://${host}`, machine);
  if ('endpoint' in parsed) {
    return [{ name: nameOf(parsed.endpoint), endpoint: parsed.endpoint, origin: 'DOCKER_HOST' }];
  }
  problems.push(
    `DOCKER_HOST is ${quote(host)}: ${parsed.problem}. Correct it, or name an engine with --engine.`,
  );
  return [];
}

/** DOCKER_TLS_VERIFY and DOCKER_TLS count when they are not empty, whatever they say (docker/cli, flags/options.go). */
function withTls(host: string, { env, files }: Machine): EndpointOrProblem {
  const verify = Boolean(env['DOCKER_TLS_VERIFY']);
  const wanted = verify || Boolean(env['DOCKER_TLS']);
  const parsed = dockerEndpoint(host, wanted ? {} : null);
  if (!wanted || 'problem' in parsed || parsed.endpoint.kind !== 'tls') return parsed;
  const folder = env['DOCKER_CERT_PATH'] || dockerFolder(env);
  const tls = folder === null ? { material: {} as TlsMaterial } : readTlsMaterial(folder, files);
  if ('problem' in tls) return tls;
  const { material } = tls;
  if (verify && material.ca === undefined) {
    return {
      problem: `DOCKER_TLS_VERIFY is set, but ${folder ?? '~/.docker'} has no ca.pem; set DOCKER_CERT_PATH`,
    };
  }
  return dockerEndpoint(host, { ...material, ...(verify ? {} : { skipVerify: true }) });
}

function defaultSockets(machine: Machine): ConfiguredEngine[] {
  const { files } = machine;
  const seen = new Set<string>();
  return socketPaths(machine).flatMap(([name, path]) => {
    const kind = kindOf(files, path);
    // Windows shows a pipe as a file.
    const exists = machine.platform === 'win32' ? kind !== null : kind === 'socket';
    const real = exists ? realPath(files, path) : path;
    if (!exists || seen.has(real)) return [];
    seen.add(real);
    return [{ name, endpoint: { kind: 'socket', path }, origin: `found ${path}` } as const];
  });
}

/** Where Docker and Podman listen when nobody tells them otherwise. */
function socketPaths({ env, uid, platform }: Machine): [name: string, path: string][] {
  if (platform === 'win32') {
    return [
      ['docker', '//./pipe/docker_engine'],
      ['podman', '//./pipe/podman-machine-default'],
    ];
  }
  const home = homeFolder(env);
  const runtime = env['XDG_RUNTIME_DIR'] || (uid === null ? null : `/run/user/${uid}`);
  const candidates: [string, string | null][] = [
    ['docker', '/var/run/docker.sock'],
    ['docker-desktop', home === null ? null : join(home, '.docker/run/docker.sock')],
    ['docker-rootless', runtime === null ? null : join(runtime, 'docker.sock')],
    ['podman', runtime === null ? null : join(runtime, 'podman/podman.sock')],
    ['podman-root', '/run/podman/podman.sock'],
  ];
  return candidates.flatMap(([name, path]) =>
    path !== null && isAbsolute(path) ? [[name, path] as [string, string]] : [],
  );
}
