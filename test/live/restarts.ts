import { execFile } from 'node:child_process';
import { chmod, readFile, rename } from 'node:fs/promises';
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
export function killEngine(engine: TestEngine): Promise<void> {
  return signal(engine, 'SIGKILL');
}

/** An engine that takes connections and says nothing. @returns what ends that */
export async function freezeEngine(engine: TestEngine): Promise<() => Promise<void>> {
  await signal(engine, 'SIGSTOP');
  return () => signal(engine, 'SIGCONT');
}

/** An engine whose socket is not where it was; connections that are there stay. @returns what ends that */
export async function hideSocket({ url }: TestEngine): Promise<() => Promise<void>> {
  const path = url.slice('unix://'.length);
  await rename(path, `${path}.hidden`);
  return () => rename(`${path}.hidden`, path);
}

/** An engine whose socket nobody may open. @returns what ends that */
export async function forbidSocket({ url }: TestEngine): Promise<() => Promise<void>> {
  const path = url.slice('unix://'.length);
  await chmod(path, 0o000);
  return () => chmod(path, 0o660);
}

async function signal({ name }: TestEngine, sign: NodeJS.Signals): Promise<void> {
  const pid = await readFile(join(enginesRoot(), 'engines', name, 'pid'), 'utf8');
  process.kill(Number(pid), sign);
}

/** Starts an engine that was ended. @returns when it answered first, by performance.now */
export async function startEngine(engine: TestEngine): Promise<number> {
  let isUp = false;
  const started = run('bash', [SCRIPT, 'up', engine.name]).finally(() => (isUp = true));
  const answered = firstAnswer(engine, () => isUp);
  await started;
  return answered;
}

/** When an engine answers its next ping, by performance.now. @param isUp gives up once it is so */
export async function firstAnswer(
  { url }: TestEngine,
  isUp: () => boolean = () => false,
): Promise<number> {
  for (;;) {
    const status = await callEngine(url, '/_ping').then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200 || isUp()) return performance.now();
    await new Promise((done) => setTimeout(done, 20));
  }
}
