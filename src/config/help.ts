import { type Option, optionsTable } from './options.ts';

const WIDTH = 80;

/** What --help prints. */
export function helpText(): string {
  return [
    'Usage: imagegraph [options]',
    "       imagegraph query 'QUERY'|FILE|- [options]",
    '',
    'A GraphQL API over the container images of Docker Engine API hosts.',
    'With query, one answer without a server.',
    '',
    ...optionsTable.flatMap(describe),
    '',
    'An option on the command line goes before its environment variable.',
    '',
  ].join('\n');
}

function describe(option: Option): string[] {
  const value = option.value === null ? '' : ` ${option.value}`;
  const notes = [
    ...(option.env === null ? [] : [`Environment: ${option.env}${inEnvironment(option)}.`]),
    ...(option.repeatable ? ['Repeatable.'] : []),
    ...(option.default === null ? [] : [`Default: ${option.default}.`]),
  ];
  const text = [option.meaning, ...notes].join(' ');
  return [`  --${option.name}${value}`, ...wrap(text).map((line) => `      ${line}`)];
}

function inEnvironment(option: Option): string {
  if (option.value === null) return '=on';
  return option.repeatable ? ', separated by commas' : '';
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH - 6) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
