import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { MACHINE_FILES } from './config/machine-files.ts';
import { readSecretsAgain } from './config/secret-files.ts';
import { followConfigured, type Surroundings } from './configured-engines.ts';
import { createGateway, type GatewayOptions } from './gateway.ts';
import { endOnSignals } from './operation/ending.ts';
import type { Tracing } from './operation/tracing.ts';
import { packageVersion } from './package-version.ts';
import { clientOf } from './server/client-of.ts';
import { type HttpServer, type HttpServerOptions, listen } from './server/http-server.ts';
import { listenProblem } from './server/listen-problem.ts';
import { onceAMinute } from './server/once-a-minute.ts';
import { createRateLimit } from './server/rate-limit.ts';
import { createRefusedLog } from './server/refused-log.ts';
import { ManifestError } from './trusted-documents/trusted-documents.ts';

/** How long the first attempts to reach the engines may hold up the start, in milliseconds. */
const FIRST_ATTEMPT_MS = 1_500;

/** Serves a configuration until the process is told to end. */
export async function serve(config: Config, surroundings: Surroundings): Promise<void> {
  const { log } = surroundings;
  const told = hearSignals();
  for (const warning of config.warnings) log.warn(warning);
  // Whoever asks one question does not wait for what counts many.
  const { createOperation } = await import('./operation/operation.ts');
  const tracing = await traced(surroundings);
  const { slowOperationMs } = config;
  const operation = createOperation({ version: packageVersion(), log, slowOperationMs, tracing });
  const engines = followConfigured(config, surroundings, operation.calls);
  const gateway = gatewayOf(config, log, { ...engines, observer: operation.requests });
  const answer: RequestListener = (request, response) =>
    void gateway(request, response, { client: clientOf(request) });
  await engines.settled(FIRST_ATTEMPT_MS);
  const server = await listenAs(config, log, {
    onRefusal: operation.requests.refused,
    graphql: tracing?.around(answer) ?? answer,
    pages: operation.pages(engines),
  });
  process.stdout.write(`imagegraph ready at ${server.url}\n`);
  told.renew = () => renew(config, server, log);
  if (told.isDue) told.renew();
  told.end = async () => {
    // Subscriptions would never end by themselves.
    engines.events.close();
    await server.close();
    await tracing?.close();
  };
}

/** What is done when the process is told something. */
interface Told {
  end: () => Promise<void>;
  renew: () => void;
  /** Whether it was told to renew before there was a server. */
  isDue: boolean;
}

/** The first process of a container hears no signal that it does not listen for: not even while it starts. */
function hearSignals(): Told {
  const told: Told = {
    end: () => Promise.resolve(),
    renew: () => void (told.isDue = true),
    isDue: false,
  };
  endOnSignals(() => told.end());
  process.on('SIGHUP', () => told.renew());
  return told;
}

function listenAs(
  config: Config,
  log: Logger,
  answers: Pick<HttpServerOptions, 'onRefusal' | 'graphql' | 'pages'>,
): Promise<HttpServer> {
  const { address, graphiql, allowHosts, allowOrigins, limits, secrets } = config;
  return listen({
    address,
    graphiql,
    allowHosts,
    allowOrigins,
    ...secrets,
    ...answers,
    onRefused: createRefusedLog(log),
    onAcceptError: onceAMinute(({ code }) => log.warn({ code }, 'connections cannot be accepted')),
    limitRate: createRateLimit(limits.rate),
    clientConnections: limits.clientConnections,
    unreadBytes: limits.unread * 1_000_000,
    onUnread: onceAMinute(() => log.warn('clients do not read their answers and are cut off')),
  }).catch((error: Error) => fail(listenProblem(address, error)));
}

/** Certificates and tokens are renewed in place. */
function renew(config: Config, server: HttpServer, log: Logger): void {
  const renewed = readSecretsAgain(config, MACHINE_FILES);
  if ('problems' in renewed) {
    const detail = renewed.problems.join(' ');
    log.error({ detail }, 'token or TLS files cannot be used; those of before stay');
    return;
  }
  server.renew(renewed.secrets);
  log.info('token and TLS files are read again');
}

/** Null when there is no collector. OpenTelemetry's packages are loaded for those only who have one. */
async function traced({ env, log }: Surroundings): Promise<Tracing | null> {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint === undefined || endpoint === '' || env['OTEL_SDK_DISABLED'] === 'true') return null;
  const { startTracing } = await import('./operation/tracing.ts');
  return startTracing(packageVersion(), {
    setting: (detail) => log.warn({ detail }, 'a setting of traces cannot be used; correct it'),
    sending: (detail) => log.warn({ detail }, 'traces cannot be sent'),
  });
}

/** Ends the program where trusted documents do not fit the schema. */
function gatewayOf(config: Config, log: Logger, sources: GatewayOptions) {
  const { responseCacheBytes, federation, limits, trustedDocuments, isExposed } = config;
  try {
    return createGateway({
      ...sources,
      exposed: isExposed,
      responseCacheBytes,
      federation,
      limits,
      trustedDocuments,
      onWarning: (detail) => log.warn({ detail }, 'GraphQL server'),
    });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return fail(
      `${error.message}\nCorrect --trusted-documents, generate it anew for this schema, or raise the --limit that it names.`,
    );
  }
}

function fail(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
