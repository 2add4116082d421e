import { describe, expect, it } from 'vitest';
import type { ImageView } from '../../src/image-index/image-view.ts';
import { createImageView } from '../../src/image-index/image-view.ts';
import { createLayerView } from '../../src/image-index/details/layer-view.ts';
import type { ImageFilter } from '../../src/image-index/image-filter.ts';
import type { LoggedEvent } from '../../src/image-index/image-event-log.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { selectRecentEvents } from '../../src/loaders/image-events.ts';
import { selectImages } from '../../src/loaders/image-selection.ts';
import type { Loaders } from '../../src/loaders/loaders.ts';
import { selectRepositories } from '../../src/loaders/repository-selection.ts';
import { manyImages } from '../support/fixed-index.ts';
import { useUpTurn } from '../support/used-up-turn.ts';

const IMAGES = 200;
const left = new Error('left');

/** An operation of a client that may leave. */
function operation(view: ImageView = createImageView('e', manyImages(IMAGES).images)) {
  const client = new AbortController();
  const loaders = {
    images: { load: async () => view },
    signal: client.signal,
  } as unknown as Loaders;
  return { loaders, view, leave: () => client.abort(left) };
}

type Operation = ReturnType<typeof operation>;

const list = ({ loaders }: Operation, filter: ImageFilter | null = null) =>
  selectImages({ loaders, limits: DEFAULT_LIMITS, examine: () => {} }, ['e'], {
    filter,
    orderBy: [{ field: 'SIZE', direction: 'ASC' }],
    all: true,
    page: {},
  });

describe('work for a client that leaves', () => {
  it.each<[string, (operation: Operation, look: () => boolean) => Promise<unknown>]>([
    ['on a filter', (one, look) => list(one, { references: [look] })],
    ['on layers', ({ view, loaders }, look) => layersOf(view, loaders.signal, look)],
    ['on events', ({ loaders }, look) => eventsOf(loaders, look)],
  ])('%s ends', async (_, work) => {
    const one = operation();
    let looks = 0;
    const ended = work(one, () => {
      if (looks++ === 0) one.leave();
      useUpTurn();
      return true;
    });
    await expect(ended).rejects.toBe(left);
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThan(IMAGES);
  });

  it.each<[string, (operation: Operation) => Promise<unknown>]>([
    ['to sort', list],
    ['on repositories', ({ loaders }) => selectRepositories({ loaders, examine }, ['e'], '')],
  ])('%s does not begin', async (_, work) => {
    const one = operation();
    useUpTurn();
    const ended = work(one);
    one.leave();
    await expect(ended).rejects.toBe(left);
  });

  it('that others want too goes on', async () => {
    const leaving = operation();
    const staying = operation(leaving.view);
    useUpTurn();
    const [ended, answered] = [list(leaving), list(staying)];
    leaving.leave();
    await expect(ended).rejects.toBe(left);
    expect((await answered).images).toHaveLength(IMAGES);
  });
});

function examine(): void {}

function layersOf(view: ImageView, signal: AbortSignal, look: () => boolean): Promise<unknown> {
  const layered = () => (look(), [{ platform: null, chain: [] }]);
  return createLayerView(view, layered, true, signal);
}

function eventsOf(loaders: Loaders, look: () => boolean): Promise<unknown> {
  const event = { engine: 'e', action: 'PULL', reference: 'alpine', imageId: null, time: 0n };
  const events = Array.from({ length: IMAGES }, () => event as unknown as LoggedEvent);
  const filter = { actions: null, references: [look] };
  return selectRecentEvents(loaders, events, { engines: ['e'], filter, since: null });
}
