import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into a gateway by --import: says, when asked, for how long its event loop has stood still at worst
 * since it was last asked, in milliseconds.
 */
const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
process.on('message', () => {
  process.send?.(delay.max / 1e6 - RESOLUTION_MS);
  delay.reset();
});
process.channel?.unref();
