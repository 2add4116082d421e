import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startInspectingEngine } from '../support/inspecting-engine.ts';
import { type Program, run, start } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'imagegraph-limits-'));
const file = join(folder, 'manifest.json');
const env = { HOME: folder };
const running: Program[] = [];
afterAll(async () => {
  for (const program of running) await program.stop();
  rmSync(folder, { recursive: true });
});

async function open(...args: string[]): Promise<Program> {
  const program = await start({ args: ['--engine', 'sample', ...args], env });
  running.push(program);
  return program;
}

const codesOf = ({ errors = [] }: { errors?: { extensions: { code: string } }[] }) =>
  errors.map(({ extensions }) => extensions.code);

describe('the program', () => {
  it('holds limits that it is given, those of a single question too', async () => {
    const program = await open('--limit', 'depth=1', '--limit', 'rate=1');
    expect(codesOf(await program.ask('{ engines { name } }'))).toEqual(['MAX_DEPTH_LIMIT']);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => program.ask('{ __typename }')),
    );
    expect(answers.flatMap(codesOf)).toContain('RATE_LIMITED');
    const args = ['query', '{ engines { name } }', '--engine', 'sample', '--limit', 'depth=1'];
    const asked = await run({ args, env });
    expect([asked.code, codesOf(JSON.parse(asked.stdout))]).toEqual([1, ['MAX_DEPTH_LIMIT']]);
  });

  const long = 'a'.repeat(10_000);
  const back = Array.from(
    { length: 28 },
    (_, at) => `x${at}: repoTags { image { repoTags { image { id } } } }`,
  );
  it.each([
    [
      'while it waits for a part',
      `{ images(first: 1000) { nodes { ${long}${long}: config { user } } } }`,
    ],
    [
      'beside an error',
      `{ bad: images(first: 0) { totalCount } images(first: 1000) { nodes { config { user } x: repoTags { ${long}: tag b: tag ${long}1: tag } } } }`,
    ],
    [
      'in rows',
      `{ __schema { queryType { name } } images(first: 1000) { nodes { config { user } ${back.join(' ')} } } }`,
    ],
  ])('outlives an answer that comes to too much %s', async (_, query) => {
    const engine = await startInspectingEngine(1_000);
    const program = await start({ args: ['--engine', `e=unix://${engine.socketPath}`], env });
    expect(codesOf(await program.ask(query))).toContain('QUERY_TOO_COMPLEX');
    // What waited for the engine then ends too.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await program.ask('{ engines { name } }')).toEqual({
      data: { engines: [{ name: 'e' }] },
    });
    expect(program.stderr()).not.toMatch(/too late|unexpected/);
    await program.stop();
    await engine.close();
  });

  it('runs trusted documents and no others', async () => {
    writeFileSync(file, JSON.stringify({ engines: '{ engines { name } }' }));
    const program = await open('--trusted-documents', file);
    expect(await program.ask('{ engines { name } }')).toEqual({
      data: { engines: [{ name: 'sample' }] },
    });
    expect(codesOf(await program.ask('{ __typename }'))).toEqual(['TRUSTED_DOCUMENTS_ONLY']);
  });

  it('does not start with trusted documents that do not fit the schema, and names them', async () => {
    writeFileSync(
      file,
      JSON.stringify({ good: '{ engines { name } }', bad: '{ engines { no } }' }),
    );
    const args = ['--engine', 'sample', '--port', '0', '--trusted-documents', file];
    const { code, stdout, stderr } = await run({ args, env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Trusted document "bad": Cannot query field "no" on type "Engine".');
    expect(stderr).not.toContain('"good"');
    expect(stderr).toContain('Correct --trusted-documents');
  });
});
