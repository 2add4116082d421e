import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Circuit, createCircuit } from '../../src/engine/circuit.ts';
import { EngineError, type EngineErrorCode } from '../../src/engine/engine-error.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failure = (code: EngineErrorCode = 'ENGINE_TIMEOUT') => new EngineError(code, 'e', 'failed');
const succeed = (circuit: Circuit) => circuit.run(() => Promise.resolve('answer'));
const fail = (circuit: Circuit, error: Error = failure()) =>
  circuit.run(() => Promise.reject(error)).catch(() => {});

async function opened(probe: () => Promise<void> = () => Promise.reject(failure())) {
  const circuit = createCircuit('e', probe);
  for (let at = 0; at < 5; at++) await fail(circuit);
  expect(circuit.state()).toBe('OPEN');
  return circuit;
}

describe('a circuit', () => {
  it('is closed, and passes calls and their failures on', async () => {
    const circuit = createCircuit('e', () => Promise.resolve());
    expect(await succeed(circuit)).toBe('answer');
    const error = failure();
    await expect(circuit.run(() => Promise.reject(error))).rejects.toBe(error);
    expect(circuit.state()).toBe('CLOSED');
  });

  it('opens after five failures in a row, not after four', async () => {
    const circuit = createCircuit('e', () => Promise.resolve());
    for (let at = 0; at < 4; at++) await fail(circuit);
    await succeed(circuit);
    for (let at = 0; at < 4; at++) await fail(circuit);
    expect(circuit.state()).toBe('CLOSED');
    await fail(circuit);
    expect(circuit.state()).toBe('OPEN');
  });

  it('opens when half of ten calls fail', async () => {
    const circuit = createCircuit('e', () => Promise.resolve());
    for (let at = 0; at < 5; at++) {
      expect(circuit.state()).toBe('CLOSED');
      await succeed(circuit);
      await fail(circuit);
    }
    expect(circuit.state()).toBe('OPEN');
  });

  it.each<EngineErrorCode>([
    'NOT_FOUND',
    'CONFLICT',
    'ENGINE_FORBIDDEN',
    'ENGINE_ERROR',
    'ENGINE_OVERLOADED',
    'RESPONSE_TOO_LARGE',
    'REGISTRY_TIMEOUT',
    'UNSUPPORTED_BY_ENGINE',
  ])('stays closed for %s', async (code) => {
    const circuit = createCircuit('e', () => Promise.resolve());
    for (let at = 0; at < 20; at++) await fail(circuit, failure(code));
    expect(circuit.state()).toBe('CLOSED');
  });

  it('stays closed for those who leave', async () => {
    const circuit = createCircuit('e', () => Promise.resolve());
    for (let at = 0; at < 20; at++) await fail(circuit, new DOMException('left', 'AbortError'));
    expect(circuit.state()).toBe('CLOSED');
  });
});

describe('an open circuit', () => {
  it('makes no call, says why, and when to come again', async () => {
    const circuit = await opened();
    let calls = 0;
    const call = () => Promise.resolve(calls++);
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(circuit.run(call)).rejects.toMatchObject({
      code: 'ENGINE_TIMEOUT',
      engine: 'e',
      retryAfterMs: 3_000,
    });
    expect(calls).toBe(0);
  });

  it('is closed by a probe after 5 s', async () => {
    const probe = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const circuit = await opened(probe);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(probe).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect([probe.mock.calls.length, circuit.state()]).toEqual([1, 'CLOSED']);
    expect(await succeed(circuit)).toBe('answer');
  });

  it('is half open while a probe is under way, and passes nothing on', async () => {
    let answer = (): void => {};
    const circuit = await opened(() => new Promise((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(circuit.state()).toBe('HALF_OPEN');
    await expect(succeed(circuit)).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(circuit.state()).toBe('CLOSED');
  });

  it('rests longer while probes fail, 30 s at most', async () => {
    const at: number[] = [];
    const startedAt = Date.now();
    await opened(() => {
      at.push(Math.round((Date.now() - startedAt) / 1_000));
      return Promise.reject(failure());
    });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(at).toEqual([5, 15, 35, 65, 95]);
  });

  it('is closed at once when the engine was gone and is back', async () => {
    const circuit = await opened();
    circuit.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(await succeed(circuit)).toBe('answer');
  });

  it('asks no more once it is stopped', async () => {
    const probe = vi.fn<() => Promise<void>>(() => Promise.resolve());
    (await opened(probe)).stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe).not.toHaveBeenCalled();
  });
});
