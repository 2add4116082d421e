#!/usr/bin/env node
import { lexicographicSortSchema, printSchema } from 'graphql';
import { type Config, parseConfig } from './config/config.ts';
import { helpText } from './config/help.ts';
import { MACHINE_FILES } from './config/machine-files.ts';
import type { Question } from './config/question.ts';
import { followConfigured } from './configured-engines.ts';
import { createLog } from './log.ts';
import { endOnBugs } from './operation/ending.ts';
import { packageVersion } from './package-version.ts';
import { askOnce } from './query/ask-once.ts';
import { schema } from './schema/index.ts';
import { createSubgraph } from './schema/subgraph.ts';

const log = createLog(process.stderr.isTTY);
endOnBugs(log);
const surroundings = { env: process.env, log };

/** The only place that reads the environment and the arguments. Renewed secrets are read by serve.ts. */
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
  const { serve } = await import('./serve.ts');
  await serve(parsed.config, surroundings);
}

function printedSchema(federation: boolean): string {
  return federation ? createSubgraph().sdl : `${printSchema(lexicographicSortSchema(schema))}\n`;
}

async function answerOnce(config: Config, question: Question): Promise<void> {
  // Somebody waits for an answer, and wants no news besides.
  log.level = 'warn';
  const engines = followConfigured({ ...config, index: 'off' }, surroundings);
  const { stdout, stderr, code } = await askOnce(engines, question, config);
  // Whoever reads may have had enough, as head has.
  process.stdout.on('error', () => process.exit(1));
  process.stderr.write(stderr);
  process.stdout.write(stdout);
  process.exitCode = code;
  engines.close();
}
