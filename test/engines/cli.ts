import { spawn } from 'node:child_process';
import type { TestEngine } from './engine-list.ts';

export interface RunOptions {
  readonly input?: Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the engine's own command line and answers what it printed, without the last line end. */
export async function runCli(
  engine: TestEngine,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const [command = '', ...first] = engine.cli;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      env: { ...process.env, ...options.env },
      // A chroot does not keep the working folder, and the caller's may not exist in it.
      cwd: '/',
    });
    let printed = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    // The command may end before it has read everything; its exit code tells the story then.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(printed.trimEnd());
      else reject(new Error(`${engine.name}: ${args.join(' ')} ended with ${code}: ${complaint}`));
    });
  });
}

/** The lines of an answer, none when it is empty. */
export async function cliLines(
  engine: TestEngine,
  args: readonly string[],
): Promise<readonly string[]> {
  const printed = await runCli(engine, args);
  return printed === '' ? [] : printed.split('\n');
}
