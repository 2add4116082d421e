/**
 * The library: for those who serve the API from a Node server of their own. What imagegraph's own server does before a
 * request comes here, checking Host and Origin, is theirs to do: whoever reaches the API reads every image.
 */

import { type Logger, pino } from 'pino';
import { parseConfig } from './config/config.ts';
import { dockerFolder } from './config/docker-context.ts';
import { MACHINE_FILES } from './config/machine-files.ts';
import { sshEnvironment } from './config/ssh-environment.ts';
import { type FollowedEngines, followEngines } from './follow-engines.ts';
import { packageVersion } from './package-version.ts';

export { createGateway, type GatewayOptions } from './gateway.ts';
export type { Context } from './context.ts';
export type { FollowedEngines } from './follow-engines.ts';

/** Which engines, and how they are read. */
export interface ConnectOptions {
  /** As --engine takes them: [NAME=]URL, one or more. When left out, those of this machine, as without --engine. */
  readonly engines?: readonly string[];
  /** As --index: live when left out. */
  readonly index?: 'live' | 'off';
  /** As --insecure-engine. */
  readonly insecureEngine?: boolean;
  /** As --registry, any number of them: registries that may be asked. None when left out. */
  readonly registries?: readonly string[];
  /** As --reveal-secrets. */
  readonly revealSecrets?: boolean;
  /**
   * Of which DOCKER_HOST, HOME and the like are read; ssh sees PATH, HOME, USER, SSH_AUTH_SOCK and LANG of it, and Docker's
   * credential helpers see all. Empty when left out. What begins with IMAGEGRAPH_ is for the program, and not read.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told how engines do; nothing is logged when left out. */
  readonly log?: Logger;
}

/**
 * Connects to engines and follows them until it is closed: `createGateway(connectEngines({ engines: [url] }))`.
 * @throws Error that says what is wrong with the options and what to do about it, each in a line
 */
export function connectEngines(options: ConnectOptions = {}): FollowedEngines {
  const { engines, index = 'live', log = pino({ enabled: false }) } = options;
  const isList = Array.isArray(engines) && engines.every((engine) => typeof engine === 'string');
  if (engines !== undefined && (!isList || engines.length === 0)) {
    throw new Error('engines is a list of one or more texts, each [NAME=]URL. Or leave it out.');
  }
  const env = Object.fromEntries(
    Object.entries(options.env ?? {}).filter(([name]) => !name.startsWith('IMAGEGRAPH_')),
  );
  const argv = [
    ...(engines ?? []).flatMap((engine) => ['--engine', engine]),
    ...(options.registries ?? []).flatMap((registry) => ['--registry', registry]),
    ...(options.insecureEngine === true ? ['--insecure-engine'] : []),
    '--index',
    index,
  ];
  const input = { argv, env, uid: process.getuid?.() ?? null, files: MACHINE_FILES };
  const parsed = parseConfig(input);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { config } = parsed;
  return followEngines({
    engines: config.engines,
    index: config.index,
    revealSecrets: options.revealSecrets === true,
    registries: config.registries,
    credentials: { folder: dockerFolder(env), environment: env },
    sshEnvironment: sshEnvironment(env),
    version: packageVersion(),
    log,
  });
}
