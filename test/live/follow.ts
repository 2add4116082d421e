import net from 'node:net';
import { vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { ImageIndex } from '../../src/image-index/image-index.ts';
import { createLiveIndex, type LiveIndexOptions } from '../../src/image-index/live/live-index.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { connectTo } from '../support/gateway.ts';

/** The longest that a timer can be set to. */
const NEVER = 2 ** 31 - 1;
/** Timers of an index that looks for nothing by itself: to take one of them at a time. */
export const NOTHING = { reconcileMs: NEVER, countMs: NEVER, hintMs: NEVER };

/** A connection of its own to an engine, as the gateway would have it. */
export function connectDirectly({ name, url }: Pick<TestEngine, 'name' | 'url'>): Engine {
  return connectTo(name, () => net.connect(url.slice('unix://'.length)));
}

/** An index that has read everything once and follows from now on. */
export async function follow(
  engine: Engine,
  timers: NonNullable<LiveIndexOptions['timers']> | false,
): Promise<ImageIndex> {
  const index = createLiveIndex({ engine, timers });
  await untilLive(index);
  return index;
}

/** Waits until an index follows its engine and shows all that it has heard of. */
export async function untilLive(index: ImageIndex, timeout = 20_000): Promise<void> {
  await vi.waitUntil(() => index.state().mode === 'LIVE' && index.version() !== null, {
    timeout,
    interval: 10,
  });
}
