#!/usr/bin/env node
import type { RequestListener } from 'node:http';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { type Config, parseConfig } from './config/config.ts';
import { dockerFolder } from './config/docker-context.ts';
import { MACHINE_FILES } from './config/machine-files.ts';
import { helpText } from './config/help.ts';
import { readSecrets } from './config/secret-files.ts';
import type { Question } from './config/question.ts';
import { sshEnvironment } from './config/ssh-environment.ts';
import type { EngineObserver } from './engine/observer.ts';
import { type FollowedEngines, followEngines } from './follow-engines.ts';
import { createGateway } from './gateway.ts';
import { createLog } from './log.ts';
import { endOnBugs, endOnSignals } from './operation/ending.ts';
import type { Tracing } from './operation/tracing.ts';
import type { GatewayObserver } from './plugins/use-observer.ts';
import { packageVersion } from './package-version.ts';
import { askOnce } from './query/ask-once.ts';
import { schema } from './schema/index.ts';
import { createSubgraph } from './schema/subgraph.ts';
import { clientOf } from './server/client-of.ts';
import { listen } from './server/http-server.ts';
import { createRefusedLog } from './server/refused-log.ts';
import { createRateLimit } from './server/rate-limit.ts';
import { ManifestError } from './trusted-documents/trusted-documents.ts';

/** How long the first attempts to reach the engines may hold up the start, in milliseconds. */
const FIRST_ATTEMPT_MS = 1_500;
const log = createLog(process.stderr.isTTY);
endOnBugs(log);

/** The only place that reads the environment, the arguments and, for the configuration, files. */
const parsed = parseConfig({
  argv: process.argv.slice(2),
  env: process.env,
  uid: process.getuid?.() ?? null,
  files: MACHINE_FILES,
});

if ('problems' in parsed) {
  process.stderr.write(`${parsed.problems.join('\n')}\n`);
  process.exitCode = 2;
} else if (parsed.config.action === 'help') {
  process.stdout.write(helpText());
} else if (parsed.config.action === 'version') {
  process.stdout.write(`${packageVersion()}\n`);
} else if (parsed.config.action === 'print-schema') {
  process.stdout.write(printedSchema(parsed.config.federation));
} else if (parsed.config.question !== null) {
  await answerOnce(parsed.config, parsed.config.question);
} else {
  await serve(parsed.config);
}

function printedSchema(federation: boolean): string {
  return federation ? createSubgraph().sdl : `${printSchema(lexicographicSortSchema(schema))}\n`;
}

function followed(config: Config, observer?: EngineObserver): FollowedEngines {
  return followEngines({
    ...(observer === undefined ? {} : { observer }),
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
  for (const warning of config.warnings) log.warn(warning);
  // Whoever asks one question does not wait for what counts many.
  const { createOperation } = await import('./operation/operation.ts');
  const tracing = await traced();
  const { slowOperationMs } = config;
  const operation = createOperation({ version: packageVersion(), log, slowOperationMs, tracing });
  const engines = followed(config, operation.calls);
  const gateway = gatewayOf(config, engines, operation.requests);
  const answer: RequestListener = (request, response) =>
    void gateway(request, response, { client: clientOf(request) });
  await engines.settled(FIRST_ATTEMPT_MS);
  const { address, graphiql, allowHosts, allowOrigins } = config;
  const secrets =
    readSecrets(config, MACHINE_FILES) ?? fail('The token or TLS files have changed.');
  const server = await listen({
    address,
    graphiql,
    allowHosts,
    allowOrigins,
    ...secrets,
    onRefused: createRefusedLog(log),
    onRefusal: operation.requests.refused,
    graphql: tracing?.around(answer) ?? answer,
    limitRate: createRateLimit(config.limits.rate),
    pages: operation.pages(engines),
  }).catch((error: Error) => fail(cannotListen(address, error)));
  process.stdout.write(`imagegraph ready at ${server.url}\n`);

  // Certificates and tokens are renewed in place.
  process.on('SIGHUP', () => {
    const renewed = readSecrets(config, MACHINE_FILES);
    if (renewed === null) log.error('token or TLS files cannot be used; those of before stay');
    else {
      server.renew(renewed);
      log.info('token and TLS files are read again');
    }
  });
  endOnSignals(async () => {
    // Subscriptions would never end by themselves.
    engines.events.close();
    await server.close();
    await tracing?.close();
  });
}

/** Null when there is no collector. OpenTelemetry's packages are loaded for those only who have one. */
async function traced(): Promise<Tracing | null> {
  const { env } = process;
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint === undefined || endpoint === '' || env['OTEL_SDK_DISABLED'] === 'true') return null;
  const { startTracing } = await import('./operation/tracing.ts');
  return startTracing(packageVersion(), (detail) => log.warn({ detail }, 'traces cannot be sent'));
}

/** Ends the program where trusted documents do not fit the schema. */
function gatewayOf(config: Config, engines: FollowedEngines, observer: GatewayObserver) {
  const { responseCacheBytes, federation, limits, trustedDocuments, isExposed } = config;
  try {
    return createGateway({
      ...engines,
      observer,
      exposed: isExposed,
      responseCacheBytes,
      federation,
      limits,
      trustedDocuments,
      onWarning: (detail) => log.warn({ detail }, 'GraphQL server'),
    });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return fail(error.message);
  }
}

async function answerOnce(config: Config, question: Question): Promise<void> {
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

function cannotListen(address: Config['address'], { message }: Error): string {
  return 'socketPath' in address
    ? `Cannot listen on ${address.socketPath}: ${message}. Choose another --host unix:///path.`
    : `Cannot listen on ${address.host}:${address.port}: ${message}. Choose another --port.`;
}

function fail(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
