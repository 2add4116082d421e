import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { run, spawnProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'imagegraph-query-'));
afterAll(() => rmSync(folder, { recursive: true }));

const query = (...args: string[]) =>
  run({ args: ['query', ...args, '--engine', 'sample'], env: { HOME: folder } });
const NAMED = 'query ($name: ImageReference!) { image(reference: $name) { shortId created } }';

describe('imagegraph query', () => {
  it('prints the answer as JSON', async () => {
    const { code, stdout, stderr } = await query('{ images { totalCount } }');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ data: { images: { totalCount: 6 } } });
  });

  it('does not subscribe, and says where to', async () => {
    const { code, stdout, stderr } = await query('subscription { imageEvents { action } }');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Start imagegraph, and subscribe there.');
  });

  it('reads a file, and variables', async () => {
    const file = join(folder, 'named.graphql');
    writeFileSync(file, NAMED);
    const { stdout } = await query(file, '--variables', '{"name":"demo/web"}');
    expect(JSON.parse(stdout).data.image.shortId).toBe('1bababec0a38');
  });

  it('prints a list as a table, with the names in one column', async () => {
    const { code, stdout } = await query(
      '{ images(first: 2) { totalCount nodes { shortId repoTags { reference } parent { shortId } } } }',
      '--table',
    );
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'SHORTID        REPOTAGS                                      PARENT.SHORTID',
      '1bababec0a38   demo/web:1.4.0, demo/web:latest',
      'edc89a3ef0c0   demo/shop:2.3.0, ghcr.io/example/shop:2.3.0   f510b5bf5ad2',
      '',
    ]);
  });

  it('prints a thing as a table of one row', async () => {
    const { stdout } = await query(NAMED, '--variables', '{"name":"demo/web"}', '--table');
    expect(stdout).toBe('IMAGE.SHORTID   IMAGE.CREATED\n1bababec0a38    2026-07-15T16:45:00Z\n');
  });

  it('ends with 1 where there are errors, and says them beside a table', async () => {
    const { code, stdout } = await query('{ nothing }');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const table = await query('{ engines { name } image(reference: "..") { id } }', '--table');
    expect(table.code).toBe(1);
    expect(table.stderr).toContain('Not an image reference.');
  });

  it('reads what is piped in', async () => {
    const child = spawnProgram({ args: ['query', '-', '--engine', 'sample'] });
    child.stdin?.end('{ images { totalCount } }');
    expect(JSON.parse(await text(child.stdout as NodeJS.ReadableStream))).toEqual({
      data: { images: { totalCount: 6 } },
    });
  });

  it('serves the subgraph too', async () => {
    const { stdout } = await query('{ _service { sdl } }', '--federation');
    expect(JSON.parse(stdout).data._service.sdl).toContain('@key');
  });

  it.each([
    [[], 'Give a query'],
    [['{ a }', '--port', '1'], '--port has no effect on a query'],
    [[`{ ${'a '.repeat(150_000)} }`.slice(0, 130_000) + '}', '--variables', '5'], 'no JSON object'],
    [['{ a }', '--variables', `${'['.repeat(50_000)}${']'.repeat(50_000)}`], 'no JSON object'],
    [['no-such-file.graphql'], 'there is no such file'],
    [['{ a }', 'more'], 'Unexpected argument'],
    [['{ a }', '--variables', '[]'], '--variables is no JSON object'],
    [['{ a }', '--variables', '{'], '--variables is no JSON object'],
  ])('says what is wrong with %j', async (args, sentence) => {
    const { code, stderr } = await query(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  it('minds nothing that the environment says about a server, as in a container', async () => {
    const env = { IMAGEGRAPH_HOST: '0.0.0.0', IMAGEGRAPH_TLS_CERT: '/none', IMAGEGRAPH_PORT: '80' };
    const args = ['query', '{ images { totalCount } }', '--engine', 'sample'];
    expect(await run({ args, env })).toMatchObject({ code: 0, stderr: '' });
  });

  it('leaves its options to itself', async () => {
    const { code, stderr } = await run({ args: ['--table', '--engine', 'sample'] });
    expect(code).toBe(2);
    expect(stderr).toContain('--table belongs to imagegraph query');
  });
});
