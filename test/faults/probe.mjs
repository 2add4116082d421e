// Loaded into a program before it starts: says what the program went through, when it is asked by SIGUSR2.

const TICK_MS = 10;
let lastCpu = process.cpuUsage();
let stall = 0;
// What the process works between two turns of its loop, and not the time that passes: on a busy machine others
// work meanwhile.
setInterval(() => {
  const { user, system } = process.cpuUsage(lastCpu);
  stall = Math.max(stall, user + system);
  lastCpu = process.cpuUsage();
}, TICK_MS).unref();

process.on('SIGUSR2', () => {
  const stallMs = Math.round(stall / 1_000);
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stderr.write(`probe ${JSON.stringify({ stallMs, rssMb })}\n`);
  stall = 0;
});
