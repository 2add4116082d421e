/**
 * Records what the engines of engines.json answer, once filled, into test/fixtures/<engine>-<api>/:
 * `npm run record [-- NAME…]`. scrub.ts takes the machine out. A version below an engine's newest is asked
 * with its prefix, and version.json then names it, so that a replay of the folder is an engine that knows
 * no newer one.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callEngine } from './api.ts';
import type { TestEngine } from './engine-list.ts';
import { readEngines } from './engine-list.ts';
import type { FilledEngine } from './facts.ts';
import { readFacts } from './facts.ts';
import * as questions from './questions.ts';
import { scrubInfo, scrubText, sortRows } from './scrub.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

async function record(engine: TestEngine, facts: FilledEngine): Promise<void> {
  const versions = questions.API_VERSIONS[engine.name] ?? [];
  for (const [index, api] of versions.entries()) {
    const folder = join(FIXTURES, `${engine.name}-1.${api}`);
    await rm(folder, { recursive: true, force: true });
    await recordAnswers(engine, folder, api, questions.basicQuestions(facts, api));
    if (index === 0) await recordNewest(engine, folder, api, facts);
  }
}

async function recordNewest(
  engine: TestEngine,
  folder: string,
  api: number,
  facts: FilledEngine,
): Promise<void> {
  await recordAnswers(engine, folder, api, questions.furtherQuestions(facts, api));
  for (const [file, path] of Object.entries(questions.refusedQuestions(facts))) {
    await recordRefusal(engine, join(folder, 'refused', file), `/v1.${api}${path}`);
  }
  for (const [file, path] of Object.entries(questions.REFUSED_VERSIONS)) {
    await recordRefusal(engine, join(folder, 'refused', file), path);
  }
  const { status, headers, body } = await callEngine(engine.url, '/_ping');
  // Date and the number of the request differ each time.
  const { date: _, 'x-reference-id': __, ...lasting } = headers;
  await write(join(folder, 'ping'), { status, headers: lasting, body });
  await write(join(folder, 'scenarios'), facts);
}

async function recordAnswers(
  engine: TestEngine,
  folder: string,
  api: number,
  asked: questions.Questions,
): Promise<void> {
  for (const [file, path] of Object.entries(asked)) {
    const { status, body } = await callEngine(engine.url, `/v1.${api}${path}`);
    if (status !== 200) throw new Error(`${engine.name} answers ${path} with ${status}: ${body}`);
    await write(join(folder, file), toLasting(file, api, JSON.parse(body)));
  }
}

/** The answer as a second recording would find it again. */
function toLasting(file: string, api: number, answer: unknown): unknown {
  if (file.startsWith('images') || file === 'containers') return sortRows(answer as unknown[]);
  const json = answer as Readonly<Record<string, unknown>>;
  if (file === 'info') return scrubInfo(json);
  if (file === 'version') return { ...json, ApiVersion: `1.${api}` };
  if (file === 'system-df') {
    const sorted = ([key, part]: [string, unknown]) => [
      key,
      Array.isArray(part) ? sortRows(part) : part,
    ];
    return Object.fromEntries(Object.entries(json).map(sorted));
  }
  return answer;
}

async function recordRefusal(engine: TestEngine, file: string, path: string): Promise<void> {
  const { status, body } = await callEngine(engine.url, path);
  // An engine that has an answer after all shows nothing here.
  if (status >= 400 || body === '') await write(file, { path, status, body });
}

async function write(file: string, content: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.json`, scrubText(`${JSON.stringify(content, null, 2)}\n`));
}

const names = process.argv.slice(2);
const facts = await readFacts();
for (const engine of await readEngines()) {
  if (names.length > 0 && !names.includes(engine.name)) continue;
  const filled = facts[engine.name];
  if (filled === undefined)
    throw new Error(`${engine.name} was never filled: tsx test/engines/fill.ts`);
  await record(engine, filled);
  process.stdout.write(`recorded ${engine.name}\n`);
}
