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
    expect(circuit.state()).toBe('CLOSED');
    await fail(circuit);
    expect(circuit.state()).toBe('OPEN');
  });

  it('opens when half of ten calls fail, not for four of ten', async () => {
    const circuit = createCircuit('e', () => Promise.resolve());
    for (let round = 0; round < 3; round++) {
      for (let at = 0; at < 6; at++) await succeed(circuit);
      for (let at = 0; at < 4; at++) await fail(circuit);
      expect(circuit.state()).toBe('CLOSED');
    }
    await fail(circuit);
    expect(circuit.state()).toBe('OPEN');
  });

  it('counts one failure of those that overlap', async () => {
    const circuit = createCircuit('e', () => Promise.resolve());
    for (let round = 1; round <= 5; round++) {
      expect(circuit.state()).toBe('CLOSED');
      await Promise.all(Array.from({ length: 8 }, () => fail(circuit)));
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
    await vi.advanceTimersByTimeAsync(400);
    await expect(circuit.run(call)).rejects.toMatchObject({
      code: 'ENGINE_TIMEOUT',
      engine: 'e',
      retryAfterMs: 600,
    });
    expect(calls).toBe(0);
  });

  it('is closed by a probe after 1 s', async () => {
    const probe = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const circuit = await opened(probe);
    await vi.advanceTimersByTimeAsync(900);
    expect(probe).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect([probe.mock.calls.length, circuit.state()]).toEqual([1, 'CLOSED']);
    expect(await succeed(circuit)).toBe('answer');
  });

  it('is half open while a probe is under way, and passes nothing on', async () => {
    let answer = (): void => {};
    const circuit = await opened(() => new Promise((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(1_000);
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
    expect(at).toEqual([1, 3, 7, 15, 31, 61, 91]);
  });

  it('is on trial after a probe: the next failure opens it again, for longer, the next success ends that', async () => {
    const circuit = await opened(() => Promise.resolve());
    await vi.advanceTimersByTimeAsync(1_000);
    await fail(circuit);
    await expect(succeed(circuit)).rejects.toMatchObject({ retryAfterMs: 2_000 });
    await vi.advanceTimersByTimeAsync(2_000);
    await succeed(circuit);
    for (let at = 0; at < 4; at++) await fail(circuit);
    expect(circuit.state()).toBe('CLOSED');
    await fail(circuit);
    await expect(succeed(circuit)).rejects.toMatchObject({ retryAfterMs: 1_000 });
  });

  it('is closed at once when the engine was gone and is back, and asks no more', async () => {
    const probe = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const circuit = await opened(probe);
    circuit.close();
    expect(await succeed(circuit)).toBe('answer');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe).not.toHaveBeenCalled();
  });

  it('is closed for good when the engine is back while a probe is under way that fails', async () => {
    let failProbe = (): void => {};
    const circuit = await opened(
      () => new Promise((_, reject) => (failProbe = () => reject(failure()))),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    expect(circuit.state()).toBe('HALF_OPEN');
    circuit.close();
    failProbe();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([circuit.state(), await succeed(circuit)]).toEqual(['CLOSED', 'answer']);
  });

  it('is not opened by calls that began before the engine was back', async () => {
    const circuit = createCircuit('e', () => Promise.resolve());
    for (let at = 0; at < 4; at++) await fail(circuit);
    let end = (): void => {};
    const late = circuit.run(() => new Promise((_, reject) => (end = () => reject(failure()))));
    circuit.close();
    for (let at = 0; at < 4; at++) await fail(circuit);
    end();
    await expect(late).rejects.toThrow('failed');
    expect(circuit.state()).toBe('CLOSED');
  });

  it.each([-3_600_000, 3_600_000])('minds no wall clock that is set by %d ms', async (ms) => {
    const circuit = await opened(() => Promise.resolve());
    vi.setSystemTime(Date.now() + ms);
    await expect(succeed(circuit)).rejects.toMatchObject({ retryAfterMs: 1_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([circuit.state(), await succeed(circuit)]).toEqual(['CLOSED', 'answer']);
    for (let at = 0; at < 5; at++) await fail(circuit);
    expect(circuit.state()).toBe('OPEN');
    vi.setSystemTime(Date.now() + ms);
    circuit.close();
    expect(await succeed(circuit)).toBe('answer');
  });
});
