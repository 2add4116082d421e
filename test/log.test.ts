import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** What the log writes by itself when a program runs this. */
async function logged(code: string, forPeople = false): Promise<string> {
  const { stderr } = await run(process.execPath, [
    '--input-type=module',
    '-e',
    `import { createLog } from './dist/log.js'; const log = createLog(${forPeople}); ${code}`,
  ]);
  return stderr;
}

describe('the log', () => {
  it.each([
    ['beside the message', `log.info({ authorization: 'Bearer canary' }, 'x')`],
    ['in headers', `log.info({ headers: { 'x-registry-auth': 'canary', Cookie: 'canary' } }, 'x')`],
    ['in a request', `log.info({ req: { headers: { Authorization: 'canary' } } }, 'x')`],
    [
      'in an error',
      `log.warn({ err: Object.assign(new Error('x'), { options: { headers: { 'X-Registry-Auth': 'canary', 'set-cookie': ['canary'] } } }) })`,
    ],
  ])('holds no credentials %s', async (_, code) => {
    const text = await logged(code);
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('canary');
  });

  it('says in plain words how long something took', async () => {
    const code = `log.warn({ milliseconds: 1200 }, 'slow operation')`;
    expect(await logged(code, true)).toBe('warning: slow operation (1200 ms)\n');
  });
});
