import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startHttpEngine } from '../support/http-engine.ts';
import { type Program, run, start } from './program.ts';

const root = new URL('../../', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8');

let program: Program | null = null;
afterEach(async () => {
  await program?.stop();
  program = null;
});

describe('the program', () => {
  it('says on stdout where it is ready, and nothing else; its log is JSON on stderr', async () => {
    program = await start({ args: ['--engine', 'sample'] });
    expect(await program.ask('{ engines { name } }')).toEqual({
      data: { engines: [{ name: 'sample' }] },
    });
    expect(program.stdout()).toBe(`imagegraph ready at ${program.url}\n`);
    expect(program.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
    const lines = program.stderr().trimEnd().split('\n');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
  });

  it('prints the schema', async () => {
    expect(await run({ args: ['--print-schema'] })).toEqual({
      code: 0,
      stdout: textOf('schema.graphql'),
      stderr: '',
    });
  });

  it('prints its version and its options', async () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    expect(await run({ args: ['--version'] })).toMatchObject({ code: 0, stdout: `${version}\n` });
    const help = await run({ args: ['--help'] });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('--engine [NAME=]URL');
  });

  it('lists every problem of its configuration and ends with 2', async () => {
    const { code, stdout, stderr } = await run({
      args: ['--port', 'many', '--engine', 'gopher://x', '--colour'],
      env: { IMAGEGRAPH_INDEX: 'sometimes' },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const word of ['--port', 'gopher', '--colour', 'IMAGEGRAPH_INDEX'])
      expect(stderr).toContain(word);
  });

  it('says what to do when its port is taken', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    const { code, stderr } = await run({ args: ['--engine', 'sample', '--port', String(port)] });
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`Cannot listen on 127.0.0.1:${port}`);
    expect(stderr).toContain('Choose another --port');
  });

  it('says what to do when its address is not of this machine', async () => {
    const token = join(mkdtempSync(join(tmpdir(), 'imagegraph-start-')), 'token');
    writeFileSync(token, 'x'.repeat(32), { mode: 0o600 });
    const args = ['--engine', 'sample', '--host', '192.0.2.1', '--token-file', token];
    const { code, stderr } = await run({ args });
    rmSync(dirname(token), { recursive: true });
    expect(code).toBe(2);
    expect(stderr).toContain('EADDRNOTAVAIL');
    expect(stderr).toContain('Choose another --host');
  });

  it('finishes what it is answering when it is told to end', async () => {
    let arrived = () => {};
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    const http = await startHttpEngine((request, response) => {
      if (request.url === '/version') {
        return void response.end(
          '{"ApiVersion":"1.51","MinAPIVersion":"1.24","Os":"linux","Arch":"amd64"}',
        );
      }
      if (request.url?.endsWith('/info')) return void response.end('{}');
      arrived();
      return void setTimeout(() => response.end('[]'), 500);
    });
    const args = ['--engine', `unix://${http.socketPath}`, '--index', 'off'];
    program = await start({ args });
    const answer = program.ask('{ images { totalCount } }');
    await asked;
    expect(await program.stop()).toBe(0);
    expect(await answer).toEqual({ data: { images: { totalCount: 0 } } });
    await http.close();
  });
});
