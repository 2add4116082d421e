import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { callEngine } from '../engines/api.ts';
import { enginesRoot, type TestEngine } from '../engines/engine-list.ts';

const SCRIPT = fileURLToPath(new URL('../engines/engines.sh', import.meta.url));
const run = promisify(execFile);

/** Ends an engine as a person would, and waits for it. */
export async function stopEngine({ name }: TestEngine): Promise<void> {
  await run('bash', [SCRIPT, 'down', name]);
}

/** Ends an engine without a word; its socket file stays. */
export async function killEngine({ name }: TestEngine): Promise<void> {
  const pid = await readFile(join(enginesRoot(), 'engines', name, 'pid'), 'utf8');
  process.kill(Number(pid), 'SIGKILL');
}

/** Starts an engine that was ended. @returns when it answered first, by performance.now */
export async function startEngine(engine: TestEngine): Promise<number> {
  let isUp = false;
  const started = run('bash', [SCRIPT, 'up', engine.name]).finally(() => (isUp = true));
  const answered = firstAnswer(engine, () => isUp);
  await started;
  return answered;
}

async function firstAnswer({ url }: TestEngine, isUp: () => boolean): Promise<number> {
  for (;;) {
    const status = await callEngine(url, '/_ping').then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200 || isUp()) return performance.now();
    await new Promise((done) => setTimeout(done, 20));
  }
}
