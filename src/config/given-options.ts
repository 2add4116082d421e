import { parseArgs } from 'node:util';
import { type Option, type OptionName, optionsTable } from './options.ts';
import { quote } from './quote.ts';

/** The values of an option, one or more, and where they were given: --port or IMAGEGRAPH_PORT. */
export interface Given {
  readonly values: readonly string[];
  readonly source: string;
}

/** What was given, on the command line or in the environment; options that were not are missing. */
export type GivenOptions = ReadonlyMap<OptionName, Given>;

/** The word after query, if there is one; null where there is no such command. */
export type Asked = readonly string[] | null;

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SWITCH_VALUES: Readonly<Record<string, string>> = {
  on: 'on',
  true: 'on',
  '1': 'on',
  off: 'off',
  false: 'off',
  '0': 'off',
};

/**
 * What is asked, and the options that are given, the command line before the environment; switches as on or
 * off. Every mistake is added to problems.
 */
export function readOptions(
  argv: readonly string[],
  env: Environment,
  problems: string[],
): { readonly given: GivenOptions; readonly asked: Asked } {
  const { given, asked } = readArguments(argv, problems);
  for (const option of optionsTable) {
    if (given.has(option.name)) continue;
    const values = readVariable(option, env, problems);
    if (values.length > 0) given.set(option.name, { values, source: option.env ?? '' });
  }
  return { given, asked };
}

function readArguments(argv: readonly string[], problems: string[]) {
  const options = Object.fromEntries(
    optionsTable.map(({ name, value }) => [
      name,
      {
        type: value === null ? ('boolean' as const) : ('string' as const),
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  // Not strict: strict parsing throws at the first mistake, and a person wants to hear of all of them.
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<OptionName, Given>();
  for (const token of tokens) {
    if (token.kind === 'option') addArgument(token, given, problems);
  }
  const words = tokens.flatMap((token, at) =>
    token.kind === 'positional' && !isOfUnknown(tokens[at - 1]) ? [token.value] : [],
  );
  const isQuery = words[0] === 'query';
  // The command and what it asks.
  for (const word of words.slice(isQuery ? 2 : 0)) {
    problems.push(`Unexpected argument ${quote(word)}. Options begin with --; see --help.`);
  }
  const asked: Asked = isQuery ? words.slice(1, 2) : null;
  return { given, asked };
}

/** What follows an option that there is not was perhaps its value, and a secret: --token TOKEN. */
function isOfUnknown(before: { readonly kind: string; readonly name?: string } | undefined) {
  return before?.kind === 'option' && optionsTable.every(({ name }) => name !== before.name);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function addArgument(token: OptionToken, given: Map<OptionName, Given>, problems: string[]): void {
  const option = optionsTable.find(({ name }) => token.name === name);
  const source = `--${token.name}`;
  if (option === undefined) {
    problems.push(`There is no option ${quote(token.rawName)}. See --help for those there are.`);
    return;
  }
  const problem = argumentProblem(option, token, given.has(option.name));
  if (problem !== null) problems.push(`${source} ${problem}`);
  const values = [...(given.get(option.name)?.values ?? []), token.value ?? 'on'];
  if (problem === null) given.set(option.name, { values, source });
}

function argumentProblem(option: Option, token: OptionToken, again: boolean): string | null {
  const { value, inlineValue } = token;
  if (option.value === null && value !== undefined) return 'takes no value. Give it alone.';
  const isMissing = value === undefined || value === '' || (!inlineValue && value.startsWith('-'));
  if (option.value !== null && isMissing) return `needs a value: --${option.name} ${option.value}.`;
  return again && !option.repeatable ? 'is given more than once. Leave one.' : null;
}

/** An empty variable counts as none, as compose files set them. */
function readVariable(option: Option, env: Environment, problems: string[]): string[] {
  const text = option.env === null ? undefined : env[option.env]?.trim();
  if (text === undefined || text === '') return [];
  // Kubernetes sets this for every pod beside a Service of the name imagegraph; no person means it.
  if (option.name === 'port' && text.startsWith('tcp://')) return [];
  if (option.repeatable) return text.split(',').flatMap((part) => part.trim() || []);
  if (option.value !== null) return [text];
  const value = SWITCH_VALUES[text.toLowerCase()];
  if (value === undefined) {
    problems.push(`${option.env} is ${quote(text)}. Set it to on or off.`);
    return [];
  }
  return [value];
}
