import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { dockerFolder } from './config/docker-context.ts';
import type { Environment } from './config/given-options.ts';
import { sshEnvironment } from './config/ssh-environment.ts';
import type { EngineObserver } from './engine/observer.ts';
import { type FollowedEngines, followEngines } from './follow-engines.ts';
import { packageVersion } from './package-version.ts';

/** What the program has of its process. */
export interface Surroundings {
  readonly env: Environment;
  readonly log: Logger;
}

/** Connects to the engines of a configuration. @param observer told of every call to them */
export function followConfigured(
  config: Config,
  { env, log }: Surroundings,
  observer?: EngineObserver,
): FollowedEngines {
  return followEngines({
    ...(observer === undefined ? {} : { observer }),
    engines: config.engines,
    index: config.index,
    revealSecrets: config.revealSecrets,
    registries: config.registries,
    credentials: { folder: dockerFolder(env), environment: env },
    sshEnvironment: sshEnvironment(env),
    version: packageVersion(),
    log,
  });
}
