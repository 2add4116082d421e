import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ACTIONS,
  closeAll,
  followed,
  followedBy,
  image,
  record,
  subscribed,
} from '../support/followed.ts';
import { idOf, type StandIn } from '../support/stand-in-engine.ts';

afterEach(closeAll);

describe('what fails in an event', () => {
  it('is coded and masked, in this event only', async () => {
    let images: unknown = 'broken';
    const { gateway, events } = await followed({ e: () => ({ images }) as StandIn });
    const answers = await subscribed(
      gateway,
      events,
      'subscription { imageEvents { action image { size } } }',
    );
    events.append(record({ imageId: idOf(1) }));
    expect(await answers.next()).toMatchObject({
      data: { imageEvents: { action: 'TAG', image: null } },
      errors: [
        {
          message: 'The engine gave an answer that cannot be read.',
          path: ['imageEvents', 'image'],
          extensions: { code: 'ENGINE_BAD_RESPONSE', engine: 'e' },
        },
      ],
    });
    expect(gateway.hidden).toHaveLength(1);
    images = [image(1, [])];
    events.append(record({ imageId: idOf(1) }));
    expect(await answers.next()).toEqual({
      data: { imageEvents: { action: 'TAG', image: { size: 1 } } },
    });
  });

  it('beside the data is told with the event that it belongs to', async () => {
    const { gateway, events } = await followed({ e: { images: [image(1, ['a:1'])] }, dead: null });
    const answers = await subscribed(
      gateway,
      events,
      'subscription { imageEvents { image { size repoTags { repository { name } } } } }',
    );
    events.append(record({ imageId: idOf(1) }));
    events.append(record({ engine: 'dead', imageId: idOf(1) }));
    events.append(record({ imageId: idOf(1) }));
    expect((await answers.next()).errors).toBeUndefined();
    expect((await answers.next()).errors).toMatchObject([
      { extensions: { code: 'ENGINE_UNAVAILABLE', engine: 'dead' } },
    ]);
    expect((await answers.next()).errors).toBeUndefined();
  });

  it('as a bug is masked, ends the subscription, and leaves no follower', async () => {
    const { events, hidden, subscribe } = await followedBy((reading) => ({
      ...reading,
      images: () => Promise.reject(new Error('secret /path')),
    }));
    const subscription = await subscribe(ACTIONS, { f: { reference: ['a'] } });
    events.append(record({ imageId: idOf(1) }));
    const answers = [];
    for await (const answer of subscription) answers.push(answer);
    expect(JSON.stringify(answers)).not.toContain('secret');
    expect(answers).toMatchObject([
      { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    ]);
    expect(hidden).toMatchObject([{ message: 'secret /path' }]);
    expect(events.followers).toBe(0);
  });
});

describe('the time of a subscription', () => {
  afterEach(() => void vi.useRealTimers());

  it('is not bounded, that of the reads of one event is', async () => {
    const signals: AbortSignal[] = [];
    const { events, subscribe } = await followedBy((reading, signal) => {
      signals.push(signal);
      return reading;
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answers = await subscribe('subscription { imageEvents { action } }');
    const tell = async () => {
      events.append(record());
      expect((await answers.next()).value.data.imageEvents.action).toBe('TAG');
      return signals.at(-1) as AbortSignal;
    };
    const first = await tell();
    vi.advanceTimersByTime(15_000);
    const second = await tell();
    vi.advanceTimersByTime(15_000);
    expect([first.aborted, second.aborted]).toEqual([false, false]);
    vi.advanceTimersByTime(6_000);
    expect([first.aborted, second.aborted]).toEqual([false, true]);
    expect(second.reason.name).toBe('TimeoutError');
    await tell();
  });
});

it('a client that leaves is forgotten, whatever its event is doing', async () => {
  const { events, hidden, subscribe } = await followedBy((reading) => ({
    ...reading,
    images: () => new Promise(() => {}),
  }));
  const controller = new AbortController();
  const query = 'subscription { imageEvents { image { size } } }';
  const answers = await subscribe(query, {}, controller.signal);
  const reading = answers.next().catch(() => {});
  events.append(record({ imageId: idOf(1) }));
  await sleep(20);
  controller.abort();
  expect(events.followers).toBe(0);
  await reading;
  expect(hidden).toEqual([]);
});
