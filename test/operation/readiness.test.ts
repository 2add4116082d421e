import { describe, expect, it } from 'vitest';
import type { Engine, EngineStatus } from '../../src/engine/engine.ts';
import { createReadiness } from '../../src/operation/readiness.ts';

let time = 0;
const readiness = createReadiness(() => time);
const engine = (name: string, status: EngineStatus = 'READY') =>
  ({ name, status: () => status }) as Engine;
const call = (name: string) =>
  readiness.calls.callStarted({ engine: name, method: 'GET', endpoint: '/_ping', attempt: 1 });

describe('a process is ready', () => {
  it('once an engine has answered, for 10 s', () => {
    const finished = call('a');
    expect(readiness.isReady([engine('a')])).toBe(false);
    finished({ status: 200, code: null });
    expect(readiness.isReady([engine('a')])).toBe(true);
    time += 10_000;
    expect(readiness.isReady([engine('a')])).toBe(true);
    time += 1;
    expect(readiness.isReady([engine('a')])).toBe(false);
  });

  it('when one of its engines answers, whatever the others do', () => {
    call('b')({ status: null, code: 'ENGINE_TIMEOUT' });
    call('c')({ status: 404, code: 'NOT_FOUND' });
    expect(readiness.isReady([engine('b', 'UNAVAILABLE'), engine('c')])).toBe(true);
    expect(readiness.isReady([engine('b', 'UNAVAILABLE')])).toBe(false);
  });

  it('F17 not with an engine that answers and cannot be used', () => {
    call('d')({ status: 400, code: 'ENGINE_INCOMPATIBLE' });
    expect(readiness.isReady([engine('d', 'UNAVAILABLE')])).toBe(false);
  });
});
