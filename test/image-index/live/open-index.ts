import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { ImageEventRecord } from '../../../src/image-index/image-event-log.ts';
import type { ImageIndex, IndexMode, IndexReading } from '../../../src/image-index/image-index.ts';
import { createLiveIndex } from '../../../src/image-index/live/live-index.ts';
import { createScriptedEngine, type ScriptedEngine } from '../../support/scripted-engine.ts';

/** A live index over a scripted engine, with all clocks faked. */
export interface OpenIndex {
  readonly scripted: ScriptedEngine;
  readonly index: ImageIndex;
  /** Modes in the order in which they came. */
  readonly modes: readonly IndexMode[];
  /** What followers were told. */
  readonly told: readonly ImageEventRecord[];
  /** The tags of each image that a new reading shows, by the last digits of its ID. */
  tags(): Promise<Readonly<Record<string, readonly string[]>>>;
}

export interface OpenIndexOptions {
  readonly remembered?: number;
  readonly timers?: boolean;
  readonly onTold?: (event: ImageEventRecord) => void;
}

let open: ImageIndex[] = [];

const CLOCKS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'Date',
  'performance',
] as const;

/** For a file of tests: clocks are faked, pauses of chance have one length, indexes are closed. */
export function useFakedClocks(): void {
  beforeEach(() => {
    // Turns of the event loop go on.
    vi.useFakeTimers({ toFake: [...CLOCKS] });
    vi.spyOn(Math, 'random').mockReturnValue(1);
  });
  afterEach(() => {
    for (const index of open) index.close();
    open = [];
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** Lets everything happen that is to happen within so many milliseconds. */
export async function pass(ms = 0): Promise<void> {
  await turns();
  await vi.advanceTimersByTimeAsync(ms);
  await turns();
}

/** More turns of the event loop than anything here takes. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 16; turn++) await nextTurn();
}

/** Follows an engine that a test has filled. @param fill called before anything is read */
export async function openIndex(
  fill: (scripted: ScriptedEngine) => void = () => {},
  { remembered = 256, timers = false, onTold }: OpenIndexOptions = {},
): Promise<OpenIndex> {
  const scripted = createScriptedEngine({ remembered });
  fill(scripted);
  const modes: IndexMode[] = [];
  const told: ImageEventRecord[] = [];
  const index = createLiveIndex({
    engine: scripted.engine,
    timers: timers ? {} : false,
    onMode: (mode) => void modes.push(mode),
    onImageEvent(event) {
      told.push(event);
      onTold?.(event);
    },
  });
  open.push(index);
  await pass();
  return {
    scripted,
    index,
    modes,
    told,
    tags: async () => tagsOf(await read(index).images()),
  };
}

/** As openIndex, of an engine that is followed already. */
export async function openLive(...options: Parameters<typeof openIndex>): Promise<OpenIndex> {
  const opened = await openIndex(...options);
  await pass(50);
  expect(opened.index.state().mode).toBe('LIVE');
  expect(opened.index.version()).not.toBeNull();
  return opened;
}

/** A reading that its client never leaves. */
export function read(index: ImageIndex, signal = new AbortController().signal): IndexReading {
  return index.read(signal);
}

/** Whether a promise has settled by now; a failure counts. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await pass();
  const first = await Promise.race([promise.catch(() => {}), Promise.resolve(pending)]);
  return first !== pending;
}

type View = Awaited<ReturnType<IndexReading['images']>>;

export function tagsOf({ rows }: View): Record<string, readonly string[]> {
  return Object.fromEntries(rows.map(({ id, tags }) => [Number(`0x${id.slice(-8)}`), tags]));
}
