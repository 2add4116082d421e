import { cpuTimeOf } from './cpu-time.ts';

const TIMES = 9;
/** What the work took on an AMD EPYC of 2026, Node 20, in moments when nobody shared its core. */
const REFERENCE_MS = 15;
const ROWS = Array.from({ length: 20_000 }, (_, at) => ({
  Id: `sha256:${at}`,
  Size: at,
  RepoTags: [`many/${at}:1`],
}));

/**
 * How much slower than that processor this one is just now, and 1 where it is not: processors of one kind of machine
 * were seen to differ by two, and others that share a core take as much. What costs processor time is held to its bar
 * times this.
 */
export function machinePace(): number {
  const times = Array.from({ length: TIMES }, () => cpuTimeOf(work)).toSorted(
    (one, other) => one - other,
  );
  return Math.max(1, (times[Math.floor(TIMES / 2)] ?? 0) / REFERENCE_MS);
}

function work(): unknown {
  return JSON.parse(JSON.stringify(ROWS));
}
