import type { ConfigFiles } from './config-files.ts';
import type { GivenOptions } from './given-options.ts';
import type { OptionName } from './options.ts';

/** What imagegraph query asks, once. */
export interface Question {
  /** A GraphQL document with one operation. */
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether the answer is printed as a table instead of JSON. */
  readonly table: boolean;
}

const USAGE = "Give a query, a file that holds one, or - to read it: imagegraph query '{ … }'.";
/** Of a query, and of its variables, in characters; the gateway takes 256 KiB of both together. */
const MAX_LENGTH = 200_000;
/** What is about a server, and would have no effect. */
const OF_SERVERS: readonly OptionName[] = [
  'host',
  'port',
  'token-file',
  'allow-host',
  'allow-origin',
  'tls-cert',
  'tls-key',
  'tls-client-ca',
  'graphiql',
  'index',
  'response-cache',
  'slow-operation',
  'trusted-documents',
];

/** What is left for a question: the environment may be that of a server, as in a container. */
export function withoutServers(given: GivenOptions): GivenOptions {
  return new Map([...given].filter(([name]) => !OF_SERVERS.includes(name)));
}

/** Reads what is asked from the words after query and its options. Every mistake is added to problems. */
export function readQuestion(
  words: readonly string[],
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
): Question {
  const [word = ''] = words;
  if (words.length !== 1 || word === '') problems.push(USAGE);
  for (const name of OF_SERVERS) {
    if (given.get(name)?.source !== `--${name}`) continue;
    problems.push(`--${name} has no effect on a query. Leave it out.`);
  }
  return {
    query: queryOf(word, files, problems),
    variables: variablesOf(given, problems),
    table: given.get('table')?.values[0] === 'on',
  };
}

/** Options that say how to ask, where nothing is asked. */
export function refuseQuestion(given: GivenOptions, problems: string[]): null {
  for (const name of ['variables', 'table'] as const) {
    if (given.has(name)) problems.push(`--${name} belongs to imagegraph query. Leave it out.`);
  }
  return null;
}

function queryOf(word: string, files: ConfigFiles, problems: string[]): string {
  if (word === '') return '';
  const isPath = word === '-' || files.kindOf(word) === 'file';
  // No query is without a brace, and hardly a path is with one.
  if (!isPath && !word.includes('{')) {
    const what = files.kindOf(word) === 'directory' ? 'it is a folder' : 'there is no such file';
    problems.push(`query: ${what}, and it is no query. ${USAGE}`);
  }
  const text = isPath ? files.readText(word) : word;
  if (text === null) problems.push('query: the file cannot be read. See its permissions.');
  else if (text.trim() === '') problems.push(`query: there is nothing in it. ${USAGE}`);
  else if (text.length > MAX_LENGTH) {
    problems.push(`query: it is longer than ${MAX_LENGTH} characters. Ask for less.`);
  }
  return text ?? '';
}

function variablesOf(given: GivenOptions, problems: string[]): Question['variables'] {
  const [text = '{}'] = given.get('variables')?.values ?? [];
  try {
    const value: unknown = JSON.parse(text);
    // What is nested too deeply to be sent throws here, and not when it is sent.
    const sent = JSON.stringify(value);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isObject && sent.length <= MAX_LENGTH) return { ...value };
  } catch {
    // Said below, without what was given.
  }
  problems.push(`--variables is no JSON object. Give one: --variables '{"first":5}'.`);
  return {};
}
