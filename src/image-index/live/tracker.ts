import type { EngineError } from '../../engine/engine-error.ts';
import type { ContainerRow } from '../../engine/container-row.ts';
import type { EngineEvent } from '../../engine/engine-event.ts';
import type { EngineFacts, ImageStore } from '../../engine/engine-facts.ts';
import { countOf } from '../../engine/image-count.ts';
import type { IndexMode, IndexState } from '../image-index.ts';
import { isSameRow } from '../row-identity.ts';
import { createCatchUp, markEverything } from './catch-up.ts';
import { followEvents } from './event-follower.ts';
import { markEvent } from './event-marks.ts';
import { createEventQueue, resynced } from './event-queue.ts';
import { type Healing, HEALING_TIMERS, type HealingTimers, startHealing } from './healing.ts';
import { createImageTable } from './image-table.ts';
import type { LiveIndexOptions } from './live-index.ts';
import { ALL_IMAGES, createMarks, STREAM } from './marks.ts';
import { createPublisher, type Snapshot } from './publisher.ts';
import { createReadTable } from './read-table.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** Follows one engine: hears its events, reads again what they name, publishes what it found. */
export interface Tracker {
  mode(): IndexMode;
  /** Null until there was a full list. */
  snapshot(): Snapshot | null;
  /** The last event that was heard of. */
  seq(): number;
  /** Changes when another engine answers, or the same one as another release. */
  epoch(): string;
  isSettled(): boolean;
  /**
   * Waits until there is a snapshot, and for so many milliseconds until it shows an event. Whether it does;
   * true at once when the index is off.
   * @throws EngineError when there is no snapshot and the engine cannot be listed; the signal's reason
   */
  whenShown(seq: number, ms: number, signal: AbortSignal): Promise<boolean>;
  history(): Pick<IndexState, 'lastEventAt' | 'lastFullReadAt' | 'fullReads' | 'targetedReads'>;
  close(error: EngineError): void;
}

/** What is followed, and who is told of it. */
export interface TrackerOptions extends LiveIndexOptions {
  /** Told of each snapshot. Must not wait. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
}

/** Starts to follow at once, and goes on until it is closed, whatever the engine does. */
export function createTracker(options: TrackerOptions): Tracker {
  const { engine } = options;
  const marks = createMarks();
  const images = createImageTable(() => marks.heard);
  const containers = createReadTable<ContainerRow>(isSameRow);
  const waiting = createWaitingRoom();
  const queue = createEventQueue(options.onImageEvent ?? (() => {}));
  /** What a first snapshot still lacks. */
  const missing = new Set(['images', 'containers']);
  const history = {
    lastEventAt: null as number | null,
    lastFullReadAt: null as number | null,
    fullReads: 0,
  };
  let mode: IndexMode = 'SYNCING';
  let epoch = 0;
  let release = '';
  let store: ImageStore = 'GRAPH_DRIVER';

  const publisher = createPublisher({
    engine: engine.name,
    marks,
    images,
    containers,
    onSnapshot: options.onSnapshot,
    onSettled() {
      waiting.look();
      queue.flush(publisher.asOf());
    },
  });
  const catchUp = createCatchUp({
    engine,
    marks,
    images,
    containers,
    onRead: progress,
    onList,
    onTooBig: giveUp,
    onContainers: () => complete('containers'),
    onFailure: (error) => void (publisher.snapshot() === null && waiting.fail(error)),
  });
  const healing = options.timers === false ? null : heal(options.timers);
  const follower = followEvents({
    engine,
    onEngine,
    onGreeted(facts) {
      const { version, minApi, operatingSystem, architecture } = facts;
      release = [version, minApi, operatingSystem, architecture].join();
    },
    onCut,
    onResumed,
    onEvent,
    onRefused: turnOff,
  });

  function setMode(next: IndexMode): void {
    if (mode === next) return;
    mode = next;
    options.onMode?.(next);
  }

  /** Whoever waits is answered otherwise. */
  function turnOff(): void {
    setMode('OFF');
    for (const part of ['images', 'containers']) missing.add(part);
    publisher.reset();
    waiting.look();
  }

  function giveUp(): void {
    follower.close();
    healing?.close();
    catchUp.close();
    images.clear();
    containers.clear();
    turnOff();
  }

  function onEngine(facts: EngineFacts): void {
    epoch++;
    store = facts.store;
    images.clear();
    containers.clear();
    for (const part of ['images', 'containers']) missing.add(part);
    publisher.reset();
    catchUp.start(facts);
  }

  function onCut(): void {
    marks.advance();
    marks.whole.add(STREAM);
  }

  function onResumed(gap: boolean): void {
    const seq = marks.advance();
    if (gap) {
      setMode('SYNCING');
      markEverything(marks);
      queue.add(resynced(engine.name), seq);
    }
    marks.whole.clear(STREAM, seq);
    progress();
  }

  function onEvent(event: EngineEvent): void {
    history.lastEventAt = Number(event.time / 1_000_000n);
    markEvent(event, { marks, table: images, canReadOne: catchUp.canReadOne, onHint });
    if (event.type === 'IMAGE') {
      const { action, time, reference, imageId } = event;
      queue.add({ engine: engine.name, action, time, reference, imageId }, marks.seq);
    }
    progress();
  }

  function onHint(): void {
    healing?.hint();
  }

  function onList(isDue: boolean, changed: ReadonlySet<string>): void {
    history.fullReads++;
    history.lastFullReadAt = Date.now();
    healing?.listed(catchUp.lastListMs());
    if (!isDue) healing?.reconciled(changed.size > 0);
    complete('images');
    if (mode === 'OFF') return;
    if (!marks.whole.has(ALL_IMAGES)) setMode(healing?.isDegraded() ? 'DEGRADED' : 'LIVE');
  }

  function complete(part: 'images' | 'containers'): void {
    missing.delete(part);
    // A list that was under way does not make up for events that nobody hears.
    if (missing.size === 0 && mode !== 'OFF') publisher.start();
  }

  function progress(): void {
    catchUp.pump();
    publisher.touch();
  }

  function heal(timers: Partial<HealingTimers> = {}): Healing {
    return startHealing({
      engine,
      timers: { ...HEALING_TIMERS, ...timers },
      countImages: () => (publisher.isSettled() ? countOf(images.values(), store) : null),
      onReconcile: () => void (mode !== 'OFF' && catchUp.reconcile()),
      onSilence: () => follower.restart(),
    });
  }

  return {
    mode: () => mode,
    snapshot: publisher.snapshot,
    seq: () => marks.seq,
    epoch: () => `${epoch} ${release}`,
    isSettled: publisher.isSettled,
    async whenShown(seq, ms, signal) {
      const isUsable = (): boolean => mode === 'OFF' || publisher.snapshot() !== null;
      await waiting.wait(isUsable, Infinity, signal);
      return waiting.wait(() => mode === 'OFF' || publisher.asOf() >= seq, ms, signal);
    },
    history: () => ({ ...history, targetedReads: catchUp.targetedReads() }),
    close(error) {
      queue.close();
      giveUp();
      waiting.fail(error);
    },
  };
}
