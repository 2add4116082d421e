import type { Logger } from 'pino';
import type { ConfiguredEngine } from './config/default-engines.ts';
import { EngineError } from './engine/engine-error.ts';
import type { Engine } from './engine/engine.ts';
import type { EngineObserver } from './engine/observer.ts';
import type { GatewayOptions } from './gateway.ts';
import { createImageEventLog, type ImageEventLog } from './image-index/image-event-log.ts';
import type { ImageIndex } from './image-index/image-index.ts';
import { createLiveIndex } from './image-index/live/live-index.ts';
import { createReadThroughIndex } from './image-index/read-through-index.ts';
import { createRegistries, type Registries } from './registry/registries.ts';
import {
  createDockerCredentials,
  type CredentialSources,
} from './registry/registry-credentials.ts';
import { startEngine } from './start-engine.ts';

/** Which engines, and how they are read. */
export interface FollowOptions {
  readonly engines: readonly ConfiguredEngine[];
  readonly index: 'live' | 'off';
  /** Whether what looks like a secret is shown. */
  readonly revealSecrets: boolean;
  /** Registries that may be asked, as references name them. */
  readonly registries: readonly string[];
  /** Where the registries' credentials are. */
  readonly credentials: Omit<CredentialSources, 'onProblem'>;
  /** All of the environment that ssh may see. */
  readonly sshEnvironment: Readonly<Record<string, string>>;
  /** Release of this package. */
  readonly version: string;
  readonly log: Logger;
  /** Watches every call to an engine; nobody does when left out. */
  readonly observer?: EngineObserver;
}

/** Engines that are connected to: what a gateway is made of. */
export interface FollowedEngines extends Pick<GatewayOptions, 'indexes' | 'onHiddenError'> {
  readonly registries: Registries;
  readonly events: ImageEventLog;
  /** Resolves when every engine has answered or failed once, or after so many milliseconds. */
  settled(ms: number): Promise<void>;
  /** Ends subscriptions and connections. */
  close(): void;
}

/** Connects to engines, and goes on until it is closed, whatever they do. */
export function followEngines(options: FollowOptions): FollowedEngines {
  const { log } = options;
  for (const { name, origin } of options.engines) log.info({ engine: name }, `engine: ${origin}`);
  const events = createImageEventLog();
  const engines = options.engines.map(({ name, endpoint }) =>
    startEngine({ ...options, name, endpoint }),
  );
  const indexes = engines.map((engine) =>
    options.index === 'off' ? createReadThroughIndex(engine) : follow(engine, events, log),
  );
  return {
    events,
    registries: createRegistries({
      allowed: options.registries,
      credentials: createDockerCredentials({
        ...options.credentials,
        onProblem: (registry, problem) => log.warn({ registry, problem }, 'registry credentials'),
      }),
    }),
    indexes: new Map(indexes.map((index) => [index.engine.name, index])),
    onHiddenError: (...hidden) => logHidden(log, ...hidden),
    async settled(ms) {
      const first = Promise.allSettled(engines.map((engine) => engine.facts()));
      await Promise.race([first, new Promise((done) => setTimeout(done, ms).unref())]);
    },
    close() {
      events.close();
      for (const index of indexes) index.close();
      for (const engine of engines) engine.close();
    },
  };
}

function follow(engine: Engine, events: ImageEventLog, log: Logger): ImageIndex {
  return createLiveIndex({
    engine,
    onImageEvent: events.append,
    onMode: (mode) => log.info({ engine: engine.name, index: mode }, 'image index'),
  });
}

function logHidden(
  log: Logger,
  ...[error, code, requestId]: Parameters<GatewayOptions['onHiddenError']>
): void {
  const isOfEngine = error instanceof EngineError;
  const detail = isOfEngine ? error.message : undefined;
  const engine = isOfEngine ? error.engine : undefined;
  const err = isOfEngine ? undefined : error;
  log.warn({ requestId: requestId ?? undefined, code, engine, detail, err }, 'hidden error');
}
