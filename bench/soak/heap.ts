import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How many instances of a class there are, and the bytes that they take by themselves. */
export interface ClassSize {
  readonly count: number;
  readonly bytes: number;
}

/** By the name of the class, or of the kind of V8 where there is none, e.g. (string). */
export type Heap = ReadonlyMap<string, ClassSize>;

/** What of a class grew, from each heap to the next. */
export interface Growth {
  readonly name: string;
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
}

/** What the arguments of Node have to say so that a process writes its heap into a folder at SIGUSR2. */
export function snapshotArguments(folder: string): readonly string[] {
  return ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${folder}`];
}

/**
 * Has a process write its heap, after a garbage collection, and reads it.
 * @param answers resolves when the process answers something: it does nothing else while it writes
 */
export async function takeHeap(
  pid: number,
  folder: string,
  answers: () => Promise<unknown>,
): Promise<Heap> {
  process.kill(pid, 'SIGUSR2');
  let files: string[] = [];
  for (let tries = 0; files.length === 0 && tries < 600; tries++) {
    await delay(100);
    files = (await readdir(folder)).filter((file) => file.endsWith('.heapsnapshot'));
  }
  await answers();
  const file = join(folder, files[0] ?? 'none.heapsnapshot');
  const heap = toHeap(JSON.parse(await readFile(file, 'utf8')) as Snapshot);
  await rm(file);
  return heap;
}

/** What Chrome's tools write, as far as it is read here: numbers in one long list, some for each node. */
export interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly (readonly string[] | string)[];
    };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** What V8 makes for itself as it learns how code is used: it grows for long, and no code of ours holds it. */
const OWN_OF_V8: ReadonlySet<string> = new Set(['code', 'hidden', 'object shape', 'synthetic']);
/** Nodes whose name is that of their class. */
const NAMED: ReadonlySet<string> = new Set(['object', 'native']);

/** Sums up a snapshot. */
export function toHeap({ snapshot: { meta }, nodes, strings }: Snapshot): Heap {
  const width = meta.node_fields.length;
  const at = (field: string) => meta.node_fields.indexOf(field);
  const [type, name, size] = [at('type'), at('name'), at('self_size')];
  const types = meta.node_types[type] as readonly string[];
  const classes = new Map<string, { count: number; bytes: number }>();
  for (let node = 0; node < nodes.length; node += width) {
    const kind = types[nodes[node + type] as number] as string;
    if (OWN_OF_V8.has(kind)) continue;
    const key = NAMED.has(kind) ? (strings[nodes[node + name] as number] as string) : `(${kind})`;
    const known = classes.get(key);
    const bytes = nodes[node + size] as number;
    if (known === undefined) classes.set(key, { count: 1, bytes });
    else {
      known.count += 1;
      known.bytes += bytes;
    }
  }
  return classes;
}

/**
 * Less than these, or than this part of what there was, is no growth: caches and pools breathe. The shortest round has
 * nine hundred requests, so that one more for each ninth of them is found.
 */
const NOISE = { count: 100, bytes: 16_384, part: 0.005 };

/** The classes that grew from each heap to the next, without an exception, by number or by bytes. */
export function growing(heaps: readonly Heap[]): readonly Growth[] {
  const [first] = heaps;
  if (first === undefined || heaps.length < 2) return [];
  const names = [...(heaps.at(-1) as Heap).keys()];
  return names
    .map((name) => ({
      name,
      counts: heaps.map((heap) => heap.get(name)?.count ?? 0),
      bytes: heaps.map((heap) => heap.get(name)?.bytes ?? 0),
    }))
    .filter(
      ({ counts, bytes }) => growsAlways(counts, NOISE.count) || growsAlways(bytes, NOISE.bytes),
    );
}

function growsAlways(values: readonly number[], noise: number): boolean {
  return values.every((value, at) => {
    const before = values[at - 1];
    return before === undefined || value - before > Math.max(noise, before * NOISE.part);
  });
}

/** Bytes of all that counts, in MiB. */
export function mebibytes(heap: Heap): number {
  let bytes = 0;
  for (const size of heap.values()) bytes += size.bytes;
  return bytes / 2 ** 20;
}
