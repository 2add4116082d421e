import type { Engine } from '../../engine/engine.ts';

/** What an index does against what no event tells. */
export interface Healing {
  /** Something may have happened: list soon, but seldom. */
  hint(): void;
  /** A list has ended; tells how long it took, in milliseconds. */
  listed(ms: number): void;
  /** A list that nothing had asked for found what no event had told, or did not. */
  reconciled(foundChanges: boolean): void;
  /** Reconciling finds changes again and again: events of this engine tell too little. */
  isDegraded(): boolean;
  close(): void;
}

/** What healing looks at, and what it asks for. */
export interface HealingOptions {
  readonly engine: Engine;
  /** Images that the index holds; null while it is not settled. */
  readonly countImages: () => number | null;
  /** Lists images and containers, without anyone waiting for it. */
  readonly onReconcile: () => void;
  /** The engine was away, or this process was: its stream may have lost events. */
  readonly onSilence: () => void;
}

const RECONCILE_MS = 5 * 60_000;
const DEGRADED_RECONCILE_MS = 30_000;
/** So many reconciliations in a row with changes that nothing had announced. */
const DEGRADED_AFTER = 3;
const COUNT_MS = 15_000;
const TICK_MS = 1_000;
/** A tick that comes so late means that the process slept; an engine drops events after 100 ms. */
const STALL_MS = 2_000;
/** After a hint: the engine may still be at it. */
const HINT_MS = 500;
/** Lists for hints take at most a tenth of the engine's time. */
const HINT_SHARE = 10;

/** Starts the timers of an index. All times are of a clock that is never set. */
export function startHealing(options: HealingOptions): Healing {
  const { engine } = options;
  const closing = new AbortController();
  let lastTick = performance.now();
  let reconciledAt = lastTick;
  let countedAt = lastTick;
  let listMs = 0;
  let listedAt = lastTick;
  let hintTimer: NodeJS.Timeout | null = null;
  let unannounced = 0;
  let wasAway = false;
  let drift: number | null = null;

  function reconcile(): void {
    reconciledAt = performance.now();
    options.onReconcile();
  }

  function tick(): void {
    const now = performance.now();
    const isStall = now - lastTick > TICK_MS + STALL_MS;
    lastTick = now;
    const isAway = engine.status() !== 'READY';
    if (isStall) reconcile();
    if (isStall || (wasAway && !isAway)) options.onSilence();
    wasAway = isAway;
    if (isAway) return;
    const pause = unannounced >= DEGRADED_AFTER ? DEGRADED_RECONCILE_MS : RECONCILE_MS;
    if (now - reconciledAt > pause) reconcile();
    if (now - countedAt > COUNT_MS) {
      countedAt = now;
      void count();
    }
  }

  /** The engine's own count need not be that of its list; but they differ by the same, or something was missed. */
  async function count(): Promise<void> {
    const counted = await engine.countImages(closing.signal).catch(() => null);
    const held = options.countImages();
    if (counted === null || held === null) return;
    if (drift !== null && drift !== counted - held) options.onReconcile();
    drift ??= counted - held;
  }

  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return {
    hint() {
      const wait = Math.max(HINT_MS, listedAt + listMs * HINT_SHARE - performance.now());
      hintTimer ??= setTimeout(() => {
        hintTimer = null;
        options.onReconcile();
      }, wait).unref();
    },
    listed(ms) {
      [listMs, listedAt, drift] = [ms, performance.now(), null];
      void count();
    },
    reconciled(foundChanges) {
      unannounced = foundChanges ? unannounced + 1 : 0;
    },
    isDegraded: () => unannounced >= DEGRADED_AFTER,
    close() {
      closing.abort(new Error('the index is closed'));
      clearInterval(timer);
      if (hintTimer !== null) clearTimeout(hintTimer);
    },
  };
}
