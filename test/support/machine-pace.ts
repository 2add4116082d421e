const TIMES = 9;
/** Processor time of `work` on the machine that bars in milliseconds were set on. */
const REFERENCE_MS = 15;
const ROWS = Array.from({ length: 20_000 }, (_, at) => ({
  Id: `sha256:${at}`,
  Size: at,
  RepoTags: [`many/${at}:1`],
}));

/**
 * How much slower than that machine this one is just now, and 1 where it is not: processors of one kind of machine
 * were seen to differ by two, and others that share a core take as much. What costs processor time is held to its bar
 * times this.
 */
export function machinePace(): number {
  const times = Array.from({ length: TIMES }, work).toSorted((one, other) => one - other);
  return Math.max(1, (times[Math.floor(TIMES / 2)] ?? 0) / REFERENCE_MS);
}

function work(): number {
  const before = process.cpuUsage();
  JSON.parse(JSON.stringify(ROWS));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
