import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Tests are not started with this flag, and a context that is made after it has gc.
setFlagsFromString('--expose-gc');

export const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use after all garbage is gone, those of Buffers too: output that waits lies in them. */
export function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
