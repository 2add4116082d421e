#!/usr/bin/env node
import { lexicographicSortSchema, printSchema } from 'graphql';
import { type Config, parseConfig } from './config/config.ts';
import { dockerFolder } from './config/docker-context.ts';
import { MACHINE_FILES } from './config/machine-files.ts';
import { helpText } from './config/help.ts';
import type { Question } from './config/question.ts';
import { sshEnvironment } from './config/ssh-environment.ts';
import { type FollowedEngines, followEngines } from './follow-engines.ts';
import { createGateway } from './gateway.ts';
import { createLog } from './log.ts';
import { packageVersion } from './package-version.ts';
import { askOnce } from './query/ask-once.ts';
import { schema } from './schema/index.ts';
import { createSubgraph } from './schema/subgraph.ts';
import { clientOf } from './server/client-of.ts';
import { listen } from './server/http-server.ts';
import { createRateLimit } from './server/rate-limit.ts';
import { ManifestError } from './trusted-documents/trusted-documents.ts';

/** How long the first attempts to reach the engines may hold up the start, in milliseconds. */
const FIRST_ATTEMPT_MS = 1_500;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const log = createLog(process.stderr.isTTY);

/** The only place that reads the environment, the arguments and, for the configuration, files. */
const parsed = parseConfig({
  argv: process.argv.slice(2),
  env: process.env,
  uid: process.getuid?.() ?? null,
  files: MACHINE_FILES,
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
} else if (parsed.config.question !== null) {
  await answer(parsed.config, parsed.config.question);
} else {
  await serve(parsed.config);
}

function printedSchema(federation: boolean): string {
  return federation ? createSubgraph().sdl : `${printSchema(lexicographicSortSchema(schema))}\n`;
}

function followed(config: Config): FollowedEngines {
  return followEngines({
    engines: config.engines,
    index: config.index,
    revealSecrets: config.revealSecrets,
    registries: config.registries,
    credentials: { folder: dockerFolder(process.env), environment: process.env },
    sshEnvironment: sshEnvironment(process.env),
    version: packageVersion(),
    log,
  });
}

async function serve(config: Config): Promise<void> {
  const engines = followed(config);
  const gateway = gatewayOf(config, engines);
  await engines.settled(FIRST_ATTEMPT_MS);
  const { host, port, graphiql } = config;
  const server = await listen({
    host,
    port,
    graphiql,
    limitRate: createRateLimit(config.limits.rate),
    graphql: (request, response) => void gateway(request, response, { client: clientOf(request) }),
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
    engines.events.close();
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of SIGNALS) process.on(signal, stop);
}

/** Ends the program where trusted documents do not fit the schema. */
function gatewayOf(config: Config, engines: FollowedEngines) {
  const { responseCacheBytes, federation, limits, trustedDocuments } = config;
  try {
    return createGateway({
      ...engines,
      responseCacheBytes,
      federation,
      limits,
      trustedDocuments,
      onWarning: (detail) => log.warn({ detail }, 'GraphQL server'),
    });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(2);
  }
}

async function answer(config: Config, question: Question): Promise<void> {
  // Somebody waits for an answer, and wants no news besides.
  log.level = 'warn';
  const engines = followed({ ...config, index: 'off' });
  const { stdout, stderr, code } = await askOnce(engines, question, config);
  // Whoever reads may have had enough, as head has.
  process.stdout.on('error', () => process.exit(1));
  process.stderr.write(stderr);
  process.stdout.write(stdout);
  process.exitCode = code;
  engines.close();
}

/** Options whose protection is not built yet: to take one without effect would be a lie. */
function notYet(config: Config): string[] {
  const given: readonly [string, boolean][] = [
    ['--token-file', config.tokenFile !== null],
    ['--tls-cert', config.tls !== null],
    ['--allow-host', config.allowHosts.length > 0],
    ['--allow-origin', config.allowOrigins.length > 0],
  ];
  return given
    .filter(([, isGiven]) => isGiven)
    .map(
      ([name]) => `${name} has no effect in this release. Leave it out, and listen on 127.0.0.1.`,
    );
}
