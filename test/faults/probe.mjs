// Loaded into a program before it starts: says what the program went through, when it is asked by SIGUSR2.
import { readFileSync } from 'node:fs';

const TICK_MS = 10;
let last = worked();
let stall = 0;
// What the loop works between two of its turns, and not the time that passes: on a busy machine others work meanwhile.
setInterval(() => {
  stall = Math.max(stall, worked() - last);
  last = worked();
}, TICK_MS).unref();

process.on('SIGUSR2', () => {
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stderr.write(`probe ${JSON.stringify({ stallMs: Math.round(stall), rssMb })}\n`);
  stall = 0;
});

/** Milliseconds of the loop's own thread, without what the collector's threads do beside it; of all where Linux is not. */
function worked() {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3;
  }
}
