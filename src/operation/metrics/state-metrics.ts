import { Counter, Gauge, type Registry } from 'prom-client';
import type { CircuitState, EngineStatus } from '../../engine/engine.ts';
import type { ImageEventLog } from '../../image-index/image-event-log.ts';
import type { ImageIndex, IndexMode, IndexState } from '../../image-index/image-index.ts';

/** Whose state is told when metrics are read; nothing is asked of an engine for it. */
export interface MetricSources {
  readonly indexes: ReadonlyMap<string, ImageIndex>;
  readonly events: ImageEventLog;
}

/** Values by their labels. */
type Reading = readonly (readonly [Readonly<Record<string, string>>, number])[];

/** A metric that is read when it is asked for. */
interface ReadMetric {
  /** Without the prefix. A counter's ends with _total. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  read(): Reading;
}

const STATUSES: readonly EngineStatus[] = ['READY', 'CONNECTING', 'UNAVAILABLE'];
const CIRCUITS: readonly CircuitState[] = ['CLOSED', 'OPEN', 'HALF_OPEN'];
const MODES: readonly IndexMode[] = ['OFF', 'SYNCING', 'LIVE', 'DEGRADED'];

/** Numbers of each index: what it holds, and what it has done since the process began. */
const NUMBERS: readonly [string, string, (state: IndexState) => number | null][] = [
  ['images', 'Images in the index.', ({ images }) => images],
  ['containers', 'Containers in the index.', ({ containers }) => containers],
  [
    'generation',
    'Changes that the index has published; it may begin anew.',
    ({ generation }) => generation,
  ],
  [
    'last_full_read_timestamp_seconds',
    'When the last list of all images ended that the index agrees with.',
    ({ lastFullReadAt }) => toSeconds(lastFullReadAt),
  ],
  [
    'last_event_timestamp_seconds',
    'When the last event arrived, as the engine dates it.',
    ({ lastEventAt }) => toSeconds(lastEventAt),
  ],
  ['full_reads_total', 'Lists of all images.', ({ fullReads }) => fullReads],
  [
    'targeted_reads_total',
    'Images and containers that were read by themselves because of an event.',
    ({ targetedReads }) => targetedReads,
  ],
  [
    'reads_saved_total',
    'Operations that were answered without a call to the engine.',
    ({ readsSaved }) => readsSaved,
  ],
];

/** Tells how engines, their indexes and those who follow image events do. */
export function createStateMetrics(register: Registry, { indexes, events }: MetricSources): void {
  const all = [...indexes.values()];
  const labels = ['engine'];
  add(register, {
    name: 'engine_status',
    help: 'Whether the engine can be asked: 1 for its status, 0 for the others.',
    labels: ['engine', 'status'],
    read: () =>
      all.flatMap(({ engine }) => oneOf('status', STATUSES, engine.name, engine.status())),
  });
  add(register, {
    name: 'engine_circuit',
    help: 'Whether calls to the engine are spared: 1 for the state of its circuit, 0 for the others.',
    labels: ['engine', 'state'],
    read: () =>
      all.flatMap(({ engine }) => oneOf('state', CIRCUITS, engine.name, engine.circuit())),
  });
  add(register, {
    name: 'index_mode',
    help: 'How the engine is followed: 1 for its mode, 0 for the others.',
    labels: ['engine', 'mode'],
    read: () => all.flatMap((index) => oneOf('mode', MODES, index.engine.name, index.state().mode)),
  });
  for (const [name, help, numberOf] of NUMBERS) {
    const read = () => all.flatMap((index) => known(index.engine.name, numberOf(index.state())));
    add(register, { name: `index_${name}`, help, labels, read });
  }
  add(register, {
    name: 'image_event_subscribers',
    help: 'Subscriptions to image events that are open.',
    labels: [],
    read: () => [[{}, events.followers]],
  });
  add(register, {
    name: 'image_events_dropped_total',
    help: 'Image events that subscribers were too slow for; RESYNCED told them so.',
    labels: [],
    read: () => [[{}, events.dropped]],
  });
}

function oneOf(label: string, words: readonly string[], engine: string, present: string): Reading {
  return words.map((word) => [{ engine, [label]: word }, word === present ? 1 : 0]);
}

function known(engine: string, value: number | null): Reading {
  return value === null ? [] : [[{ engine }, value]];
}

function toSeconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / 1_000;
}

function add(register: Registry, { name, help, labels, read }: ReadMetric): void {
  const options = { name: `imagegraph_${name}`, help, labelNames: labels, registers: [register] };
  if (name.endsWith('_total')) {
    const counter = new Counter<string>({
      ...options,
      collect() {
        counter.reset();
        for (const [of, value] of read()) counter.inc(of, value);
      },
    });
    return;
  }
  const gauge = new Gauge<string>({
    ...options,
    collect() {
      gauge.reset();
      for (const [of, value] of read()) gauge.set(of, value);
    },
  });
}
