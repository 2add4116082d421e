import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Runs a process that has an error which nobody handles, and would end with 0 half a second later. */
function ended(error: string) {
  const path = (file: string) => new URL(`../../src/${file}`, import.meta.url).href;
  const script = `
    import { GraphQLError } from 'graphql';
    import { EngineError } from '${path('engine/engine-error.ts')}';
    import { createLog } from '${path('log.ts')}';
    import { endOnBugs } from '${path('operation/ending.ts')}';
    endOnBugs(createLog(false));
    setTimeout(() => {}, 500);
    ${error};
  `;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe('an error that nobody handles', () => {
  it.each([
    ['is thrown', 'queueMicrotask(() => { throw new Error("of a bug") })'],
    ['is of a promise', 'Promise.reject(new Error("of a bug"))'],
    ['is thrown, of an answer', 'queueMicrotask(() => { throw new GraphQLError("of a bug") })'],
  ])('ends the process with a line in the log when it %s', (_, error) => {
    const { status, stderr } = ended(error);
    expect(status).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 60,
      msg: 'unexpected error; the process ends',
      err: { message: 'of a bug' },
    });
  });

  it.each([
    ['a field', 'new GraphQLError("a secret", { extensions: { code: "X" } })', { code: 'X' }],
    [
      'an engine',
      'new EngineError("ENGINE_TIMEOUT", "e", "a secret")',
      { code: 'ENGINE_TIMEOUT', engine: 'e' },
    ],
  ])('costs nothing but a line when it is of %s whose answer is given', (_, error, told) => {
    const { status, stderr } = ended(`Promise.reject(${error})`);
    expect(status).toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({ level: 50, ...told });
    expect(stderr).not.toContain('a secret');
  });
});
