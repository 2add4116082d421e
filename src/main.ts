#!/usr/bin/env node
import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { type Config, parseConfig } from './config/config.ts';
import { helpText } from './config/options.ts';
import { EngineError } from './engine/engine-error.ts';
import type { Engine } from './engine/engine.ts';
import { createGateway } from './gateway.ts';
import { createImageEventLog, type ImageEventLog } from './image-index/image-event-log.ts';
import type { ImageIndex } from './image-index/image-index.ts';
import { createLiveIndex } from './image-index/live/live-index.ts';
import { createReadThroughIndex } from './image-index/read-through-index.ts';
import { createLog } from './log.ts';
import { schema } from './schema/index.ts';
import { createSubgraph } from './schema/subgraph.ts';
import { listen } from './server/http-server.ts';
import { startEngine } from './start-engine.ts';

/** How long the first attempts to reach the engines may hold up the start, in milliseconds. */
const FIRST_ATTEMPT_MS = 1_500;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** The only place that reads the environment, the arguments and, for the configuration, files. */
const parsed = parseConfig({
  argv: process.argv.slice(2),
  env: process.env,
  uid: process.getuid?.() ?? null,
  files: { readText, kindOf, realPath: (path) => realpathSync(path) },
});

const problems = 'problems' in parsed ? parsed.problems : notYet(parsed.config);
if ('problems' in parsed || problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 2;
} else if (parsed.config.action === 'help') {
  process.stdout.write(helpText());
} else if (parsed.config.action === 'version') {
  process.stdout.write(`${packageVersion()}\n`);
} else if (parsed.config.action === 'print-schema') {
  process.stdout.write(printedSchema(parsed.config.federation));
} else {
  await serve(parsed.config);
}

function printedSchema(federation: boolean): string {
  return federation ? createSubgraph().sdl : `${printSchema(lexicographicSortSchema(schema))}\n`;
}

async function serve(config: Config): Promise<void> {
  const log = createLog(process.stderr.isTTY);
  const sshEnvironment = pick(process.env, ['PATH', 'HOME', 'USER', 'SSH_AUTH_SOCK', 'LANG']);
  for (const { name, origin } of config.engines) log.info({ engine: name }, origin);
  const engines = config.engines.map(({ name, endpoint }) =>
    startEngine({ name, endpoint, sshEnvironment, version: packageVersion(), log }),
  );
  const events = createImageEventLog();
  const indexes = engines.map((engine) =>
    config.index === 'off' ? createReadThroughIndex(engine) : follow(engine, events, log),
  );
  const gateway = createGateway({
    events,
    indexes: new Map(indexes.map((index) => [index.engine.name, index])),
    onHiddenError(error, code) {
      const detail = error instanceof EngineError ? error.message : undefined;
      const engine = error instanceof EngineError ? error.engine : undefined;
      log.warn(
        { code, engine, detail, err: detail === undefined ? error : undefined },
        'hidden error',
      );
    },
    responseCacheBytes: config.responseCacheBytes,
    federation: config.federation,
    onWarning: (detail) => log.warn({ detail }, 'GraphQL server'),
  });
  const firstAttempts = Promise.allSettled(engines.map((engine) => engine.facts()));
  await Promise.race([firstAttempts, new Promise((done) => setTimeout(done, FIRST_ATTEMPT_MS))]);
  const { host, port, graphiql } = config;
  const server = await listen({
    host,
    port,
    graphiql,
    graphql: (request, response) => void gateway(request, response),
  }).catch((error: Error) => {
    process.stderr.write(
      `Cannot listen on ${host}:${port}: ${error.message}. Choose another --port.\n`,
    );
    process.exit(2);
  });
  process.stdout.write(`imagegraph ready at ${server.url}\n`);

  const stop = (): void => {
    // A second signal ends the process at once.
    for (const signal of SIGNALS) process.removeListener(signal, stop);
    // Subscriptions would never end by themselves.
    events.close();
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of SIGNALS) process.on(signal, stop);
}

function follow(engine: Engine, events: ImageEventLog, log: Logger): ImageIndex {
  return createLiveIndex({
    engine,
    onImageEvent: events.append,
    onMode: (mode) => log.info({ engine: engine.name, index: mode }, 'image index'),
  });
}

/** Options whose protection is not built yet: to take one without effect would be a lie. */
function notYet(config: Config): string[] {
  const given: readonly [string, boolean][] = [
    ['--token-file', config.tokenFile !== null],
    ['--tls-cert', config.tls !== null],
    ['--allow-host', config.allowHosts.length > 0],
    ['--allow-origin', config.allowOrigins.length > 0],
    ['--registry', config.registries.length > 0],
    ['--reveal-secrets', config.revealSecrets],
  ];
  return given
    .filter(([, isGiven]) => isGiven)
    .map(
      ([name]) => `${name} has no effect in this release. Leave it out, and listen on 127.0.0.1.`,
    );
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function kindOf(path: string): 'socket' | 'file' | 'directory' | null {
  let stats;
  try {
    stats = statSync(path);
  } catch {
    // Not there, or in a folder that is closed to us: either way nothing that could be used.
    return null;
  }
  if (stats.isDirectory()) return 'directory';
  return stats.isSocket() ? 'socket' : 'file';
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
