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

/** How often an index looks for what no event tells, in milliseconds. */
export interface HealingTimers {
  /** Between two lists of everything. */
  readonly reconcileMs: number;
  /** The same while lists keep finding what nothing had announced. */
  readonly degradedReconcileMs: number;
  /** Between two looks at the engine's own count of its images. */
  readonly countMs: number;
  /** After a hint: the engine may still be at it. */
  readonly hintMs: number;
  /** Between two looks at the clock. */
  readonly tickMs: number;
}

/** What docs/freshness.md promises. */
export const HEALING_TIMERS: HealingTimers = {
  reconcileMs: 5 * 60_000,
  degradedReconcileMs: 30_000,
  countMs: 15_000,
  hintMs: 500,
  tickMs: 1_000,
};

/** What healing looks at, and what it asks for. */
export interface HealingOptions {
  readonly engine: Engine;
  readonly timers: HealingTimers;
  /** What the engine would count of the images that the index holds; null while it is not settled. */
  readonly countImages: () => number | null;
  /** Lists images and containers, without anyone waiting for it. */
  readonly onReconcile: () => void;
  /** The engine was away: its stream may be one that never tells anything again. */
  readonly onSilence: () => void;
}

/** So many reconciliations in a row with changes that nothing had announced. */
const DEGRADED_AFTER = 3;
/** A tick that comes so late means that the process slept; an engine drops events after 100 ms. */
const STALL_MS = 2_000;
/** Lists for hints take at most a tenth of the engine's time. */
const HINT_SHARE = 10;

/** Starts the timers of an index. All times are of a clock that is never set. */
export function startHealing(options: HealingOptions): Healing {
  const { engine, timers } = options;
  const closing = new AbortController();
  let lastTick = performance.now();
  let reconciledAt = lastTick;
  let countedAt = lastTick;
  let listMs = 0;
  let listedAt = lastTick;
  let hintTimer: NodeJS.Timeout | null = null;
  let unannounced = 0;
  let wasAway = false;
  let drift = 0;
  let suspicion: { readonly drift: number; list: 'asked' | 'ended' | null } | null = null;

  function reconcile(): void {
    reconciledAt = performance.now();
    options.onReconcile();
  }

  function tick(): void {
    const now = performance.now();
    const isStall = now - lastTick > timers.tickMs + STALL_MS;
    lastTick = now;
    const isAway = engine.status() !== 'READY';
    // The stream goes on, and nobody waits for this list: what stalls us may be our own queries.
    if (isStall) reconcile();
    if (wasAway && !isAway) options.onSilence();
    wasAway = isAway;
    if (isAway) return;
    const isDegraded = unannounced >= DEGRADED_AFTER;
    const pause = isDegraded ? timers.degradedReconcileMs : timers.reconcileMs;
    if (now - reconciledAt > pause) reconcile();
    if (now - countedAt > timers.countMs) {
      countedAt = now;
      void count();
    }
  }

  /**
   * The engine's count need not be that of its list, but they differ by the same for ever, or something was
   * missed. Two counts in a row have to say so, or it is a change that is being announced just now; and it is
   * the engine's own way to count when a list has not changed it.
   */
  async function count(): Promise<void> {
    const counted = await engine.countImages(closing.signal).catch(() => null);
    const held = options.countImages();
    if (counted === null || held === null) return;
    const found = counted - held;
    if (found === drift) suspicion = null;
    else if (suspicion?.drift !== found) {
      suspicion = { drift: found, list: null };
      countedAt = performance.now() - timers.countMs;
    } else if (suspicion.list === 'ended') {
      drift = found;
      suspicion = null;
    } else {
      suspicion.list = 'asked';
      options.onReconcile();
    }
  }

  const timer = setInterval(tick, timers.tickMs);
  timer.unref();
  return {
    hint() {
      const wait = Math.max(timers.hintMs, listedAt + listMs * HINT_SHARE - performance.now());
      hintTimer ??= setTimeout(() => {
        hintTimer = null;
        options.onReconcile();
      }, wait).unref();
    },
    listed(ms) {
      [listMs, listedAt] = [ms, performance.now()];
      if (suspicion === null || suspicion.list === null) return;
      suspicion.list = 'ended';
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
