import type { ConfigFiles } from './config-files.ts';
import type { ConfiguredEngine } from './default-engines.ts';
import { listEngines } from './engine-list.ts';
import { type Asked, type Environment, type GivenOptions, readOptions } from './given-options.ts';
import type { OptionName } from './options.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits/limits.ts';
import type { Manifest } from '../trusted-documents/manifest.ts';
import { readLimits } from './limit-settings.ts';
import { type Question, readQuestion, refuseQuestion, withoutServers } from './question.ts';
import { readServerSettings, type ServerSettings } from './server-settings.ts';
import { readTrustedDocuments } from './trusted-documents-file.ts';
import { readChoice, readHosts, readNumber } from './setting.ts';

/** Everything that a person decides. With help, version and print-schema only the action counts. */
export interface Config extends ServerSettings {
  readonly action: 'serve' | 'query' | 'print-schema' | 'help' | 'version';
  /** What is asked; null when the action is none of query. */
  readonly question: Question | null;
  /** One or more, in the order given, when the action is to serve or to query. */
  readonly engines: readonly ConfiguredEngine[];
  /** Whether the engine is the bundled sample because there is no other. */
  readonly sample: boolean;
  readonly index: 'live' | 'off';
  /** How much of the answers is kept, in bytes; 0 for nothing. */
  readonly responseCacheBytes: number;
  /** From how many milliseconds on an operation is logged; 0 for none. */
  readonly slowOperationMs: number;
  readonly limits: Limits;
  /** The only documents that may be run; null for any. */
  readonly trustedDocuments: Manifest | null;
  /** Serves, or prints, the schema as a subgraph. */
  readonly federation: boolean;
  readonly registries: readonly string[];
  readonly revealSecrets: boolean;
  readonly insecureEngine: boolean;
  /** Sentences on what works but is unwise. */
  readonly warnings: readonly string[];
}

/** Sentences, each with what to do about it; one or more. */
export interface ConfigProblems {
  readonly problems: readonly string[];
}

/** All that a configuration is made from: nothing else of the process is looked at. */
export interface ConfigInput {
  /** Without node and the script. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly files: ConfigFiles;
  /** Of the process; null where there are none. */
  readonly uid: number | null;
  readonly platform?: NodeJS.Platform;
}

/** Megabytes of answers that are kept when nothing else is said, and at most. */
const RESPONSE_CACHE = 32;
const MAX_RESPONSE_CACHE = 1_024;

/** What is slow when nothing else is said, and at most: no operation takes longer than that. */
const SLOW_OPERATION_MS = 1_000;
const MAX_OPERATION_MS = 20_000;

/** Reads the whole configuration; every mistake in it is reported at once. */
export function parseConfig(input: ConfigInput): { readonly config: Config } | ConfigProblems {
  const problems: string[] = [];
  const { given, asked } = readOptions(input.argv, input.env, problems);
  const action = actionOf(given, asked);
  const isAsked = action === 'serve' || action === 'query';
  const asker = action === 'query' ? withoutServers(given) : given;
  const config = isAsked ? readConfig(asker, input, problems) : NOTHING_TO_SERVE;
  const question =
    action === 'query'
      ? readQuestion(asked ?? [], given, input.files, problems)
      : refuseQuestion(given, problems);
  // Help is for those who got something wrong.
  if (problems.length > 0 && action !== 'help') return { problems };
  return { config: { ...config, action, question, federation: isOn(given, 'federation') } };
}

function actionOf(given: GivenOptions, asked: Asked): Config['action'] {
  const actions = ['help', 'version', 'print-schema'] as const;
  return actions.find((action) => given.has(action)) ?? (asked === null ? 'serve' : 'query');
}

/** What does not hang on the action. */
type Settings = Omit<Config, 'action' | 'question' | 'federation'>;

/** So that a schema is printed on a machine that has no engine, or a wrong DOCKER_HOST. */
const NOTHING_TO_SERVE: Settings = {
  engines: [],
  sample: false,
  address: { host: '127.0.0.1', port: 4000 },
  isExposed: false,
  graphiql: false,
  tokenFile: null,
  tls: null,
  secrets: { token: null, tls: null },
  index: 'off',
  responseCacheBytes: 0,
  slowOperationMs: 0,
  limits: DEFAULT_LIMITS,
  trustedDocuments: null,
  allowHosts: [],
  allowOrigins: [],
  registries: [],
  revealSecrets: false,
  insecureEngine: false,
  warnings: [],
};

function readConfig(
  given: GivenOptions,
  { env, files, uid, platform = process.platform }: ConfigInput,
  problems: string[],
): Settings {
  const warnings: string[] = [];
  const settings = readServerSettings(given, files, problems, warnings);
  const insecureEngine = isOn(given, 'insecure-engine');
  const options = { given: given.get('engine'), insecureEngine, isExposed: settings.isExposed };
  const { engines, sample } = listEngines(options, { env, files, uid, platform }, problems);
  return {
    ...settings,
    engines,
    sample,
    index: readChoice(given, 'index', ['live', 'off'], problems) ?? 'live',
    responseCacheBytes: responseCacheMegabytes(given, problems) * 1_000_000,
    slowOperationMs:
      readNumber(given, 'slow-operation', MAX_OPERATION_MS, problems) ?? SLOW_OPERATION_MS,
    limits: readLimits(given, settings.isExposed, problems),
    trustedDocuments: readTrustedDocuments(given, files, problems),
    registries: readHosts(given, 'registry', problems).map(registryName),
    revealSecrets: isOn(given, 'reveal-secrets'),
    insecureEngine,
    warnings,
  };
}

function isOn(given: GivenOptions, name: OptionName): boolean {
  return given.get(name)?.values[0] === 'on';
}

function responseCacheMegabytes(given: GivenOptions, problems: string[]): number {
  return readNumber(given, 'response-cache', MAX_RESPONSE_CACHE, problems) ?? RESPONSE_CACHE;
}

/** Docker Hub under the one name that image references have for it. */
function registryName(host: string): string {
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}
