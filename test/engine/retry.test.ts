import { describe, expect, it } from 'vitest';
import { EngineError, type EngineErrorCode, toEngineError } from '../../src/engine/engine-error.ts';
import { createRetry } from '../../src/engine/retry.ts';

const signal = new AbortController().signal;
const broken = (code: string, headReceived = false) =>
  toEngineError(Object.assign(new Error('x'), { code }), 'e', headReceived);
function answered(status: number, code: EngineErrorCode): EngineError {
  const error = new EngineError(code, 'e', `HTTP ${status}`);
  error.status = status;
  return error;
}

/** How often a call is made that fails each time. */
async function tries(error: unknown, retry = createRetry()): Promise<number> {
  let attempts = 0;
  const call = (attempt: number) => {
    expect(attempt).toBe(++attempts);
    return Promise.reject(error);
  };
  await expect(retry(call, signal)).rejects.toBe(error);
  return attempts;
}

describe('a call that fails', () => {
  it.each([
    ['a connection that ends', broken('ECONNRESET')],
    ['a pipe that ends', broken('EPIPE')],
    ['half a body', broken('ECONNRESET', true)],
    ['503', answered(503, 'ENGINE_UNAVAILABLE')],
  ])('is made once more after %s', async (_, error) => {
    expect(await tries(error)).toBe(2);
  });

  it.each([
    ['nobody listens', broken('ECONNREFUSED')],
    ['no socket', broken('ENOENT')],
    ['a timeout', new EngineError('ENGINE_TIMEOUT', 'e', 'late')],
    ['404', answered(404, 'NOT_FOUND')],
    ['500', answered(500, 'ENGINE_ERROR')],
    ['504', answered(504, 'ENGINE_UNAVAILABLE')],
    ['an answer that cannot be read', new EngineError('ENGINE_BAD_RESPONSE', 'e', 'no JSON')],
    ['an error of ours', new Error('a bug')],
  ])('is not made again after %s', async (_, error) => {
    expect(await tries(error)).toBe(1);
  });

  it('is not made again while one in ten fails already', async () => {
    const retry = createRetry();
    const all = Array.from({ length: 40 }, () => tries(broken('ECONNRESET'), retry));
    const made = (await Promise.all(all)).reduce((sum, count) => sum + count, 0);
    // The ten that are allowed at first, and one for every ten calls.
    expect(made - 40).toBeGreaterThanOrEqual(10);
    expect(made - 40).toBeLessThanOrEqual(14);
  });

  it('is not made again for one that has left', async () => {
    const leaving = new AbortController();
    let attempts = 0;
    const call = () => {
      attempts++;
      leaving.abort(new Error('left'));
      return Promise.reject(broken('ECONNRESET'));
    };
    await expect(createRetry()(call, leaving.signal)).rejects.toThrow('ECONNRESET');
    expect(attempts).toBe(1);
  });
});
