import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src/engine/ssh-stream.ts', import.meta.url));

/** Opens all files that a process may, then dials, and says how that ends. */
const SCRIPT = `
  const { openSync } = await import('node:fs');
  const { dialSsh } = await import(${JSON.stringify(source)});
  try {
    for (;;) openSync('/dev/null');
  } catch {
    const stream = dialSsh({ kind: 'ssh', destination: 'me@127.0.0.1' }, process.env);
    stream.on('error', ({ message }) => console.log(message));
  }
`;

it('without free file descriptors ssh fails as a connection does, and the process goes on', async () => {
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', SCRIPT];
  const { stdout } = await promisify(execFile)('prlimit', ['--nofile=64:64', ...node]);
  expect(stdout).toMatch(/^ssh does not start: .*EMFILE/);
});
