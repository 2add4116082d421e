import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Linux counts processor time in hundredths of a second (USER_HZ), on every architecture. */
const TICK_MS = 10;

/** Resident memory in MiB, now and at its highest. */
export interface Memory {
  readonly now: number;
  readonly peak: number;
}

/** What a process holds (VmRSS and VmHWM of /proc). */
export async function memoryOf(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (field: string) =>
    Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}

/**
 * How long a process has waited so far for a processor that others had, in milliseconds; 0 where the kernel does not
 * count it.
 */
export function starvationOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** Processor time that some processes have used together, in milliseconds. */
export async function cpuOf(pids: readonly number[]): Promise<number> {
  const used = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name of the command, in parentheses, may hold spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    }),
  );
  return used.reduce((sum, one) => sum + one, 0);
}

/** dockerd and its containerd, where test/engines/engines.sh puts their pid files. */
export async function processesOfEngine(url: string): Promise<readonly number[]> {
  const folder = dirname(url.slice('unix://'.length));
  const files = ['dockerd.pid', 'exec/containerd/containerd.pid'];
  return Promise.all(files.map(async (file) => Number(await readFile(join(folder, file), 'utf8'))));
}
