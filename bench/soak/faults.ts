import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosProxy, Toxic } from '../../test/support/chaos-proxy.ts';
import type { FaultyEngine } from './faulty-engine.ts';

const TOXICS: readonly Toxic[] = [
  { kind: 'latency', ms: 200, jitterMs: 800 },
  { kind: 'bandwidth', bytesPerSecond: 200_000 },
  { kind: 'slow_close', ms: 1_000 },
  { kind: 'timeout', ms: 2_000 },
  { kind: 'reset_peer', ms: 100 },
  { kind: 'slicer', bytes: 1_024, ms: 1 },
  { kind: 'limit_data', bytes: 100_000 },
  { kind: 'down' },
];
/** How long a fault lasts, and how long there is none: from so many milliseconds to so many more. */
const FAULT_MS = [1_000, 3_000] as const;
const GOOD_MS = [1_000, 4_000] as const;

/** Spoils one network after the other, and has one engine misbehave, until the signal; all is well then. */
export async function inflictFaults(
  networks: readonly ChaosProxy[],
  faulty: FaultyEngine,
  signal: AbortSignal,
): Promise<number> {
  let inflicted = 0;
  faulty.misbehave();
  while (!signal.aborted) {
    const network = anyOf(networks);
    network.inflict(anyOf(TOXICS));
    inflicted += 1;
    await pause(FAULT_MS, signal);
    network.inflict(null);
    await pause(GOOD_MS, signal);
  }
  faulty.behave();
  return inflicted;
}

function pause([least, spread]: readonly [number, number], signal: AbortSignal): Promise<void> {
  return delay(least + Math.random() * spread, undefined, { signal }).catch(() => undefined);
}

/** One of several, by chance. */
export function anyOf<Value>(values: readonly Value[]): Value {
  return values[Math.floor(Math.random() * values.length)] as Value;
}
