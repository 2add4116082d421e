import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const CREDENTIALS = new URL('../../src/registry/registry-credentials.ts', import.meta.url);

/** Opens files until there is room for a single one: enough for config.json, too few for the streams of a helper. */
const SCRIPT = `
import { closeSync, openSync } from 'node:fs';
const { createDockerCredentials } = await import(${JSON.stringify(CREDENTIALS.href)});
const [folder] = process.argv.slice(-1);
const credentials = createDockerCredentials({
  folder,
  environment: process.env,
  onProblem: (registry, problem) => console.log(registry + ': ' + problem),
});
const open = [];
// What a first question loads is loaded.
await credentials.find('ghcr.io');
try {
  for (;;) open.push(openSync('/dev/null'));
} catch (error) {
  console.log(error.code);
}
closeSync(open.pop());
console.log(await credentials.find('ghcr.io'));
for (const file of open) closeSync(file);
`;

it('goes without, and the process goes on, where no file is left to run a helper with', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'imagegraph-files-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ credsStore: 'missing' }));
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', SCRIPT, folder];
  const few = 'ulimit -n 100 && exec "$@"';
  const { stdout } = await promisify(execFile)('sh', ['-c', few, 'sh', ...node]);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'ghcr.io: docker-credential-missing cannot be run',
    'EMFILE',
    'ghcr.io: docker-credential-missing cannot be run',
    'null',
  ]);
  rmSync(folder, { recursive: true });
  // Less than a helper is given: one that is not there keeps no process from ending.
}, 8_000);
