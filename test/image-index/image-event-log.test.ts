import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BEFORE_ALL,
  createImageEventLog,
  type FollowQuestion,
  type ImageEventLog,
  type ImageEventRecord,
  type LoggedEvent,
} from '../../src/image-index/image-event-log.ts';

const record = (reference: string, rest: Partial<ImageEventRecord> = {}): ImageEventRecord => ({
  engine: 'a',
  action: 'TAG',
  time: 1n,
  reference,
  imageId: null,
  ...rest,
});
const append = (log: ImageEventLog, ...references: string[]) =>
  references.forEach((reference) => log.append(record(reference)));
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

function follow(log: ImageEventLog, question: Partial<FollowQuestion> = {}) {
  return log.follow({
    after: null,
    engines: new Set(['a']),
    matches: () => true,
    signal: new AbortController().signal,
    ...question,
  });
}

/** What a test compares: the reference, or the action and the engine where there is none. */
const nameOf = ({ reference, action, engine }: LoggedEvent) => reference ?? `${action} ${engine}`;

/** Takes all that can be had without waiting. */
async function take(events: AsyncIterableIterator<LoggedEvent>): Promise<LoggedEvent[]> {
  const taken: LoggedEvent[] = [];
  for (;;) {
    const next = events.next();
    const turn = new Promise<null>((resolve) => setImmediate(() => resolve(null)));
    const result = await Promise.race([next, turn]);
    if (result === null || result.done === true) return taken;
    taken.push(result.value);
  }
}
const takeNames = async (events: AsyncIterableIterator<LoggedEvent>) =>
  (await take(events)).map(nameOf);

describe('a follower', () => {
  it('is told what happens from now on, in order, of the engines and kinds it asked for', async () => {
    const log = createImageEventLog();
    append(log, 'before');
    const follower = follow(log, { matches: ({ action }) => action === 'TAG' });
    const first = follower.next();
    append(log, '1', '2');
    log.append(record('of another engine', { engine: 'b' }));
    log.append(record('of another kind', { action: 'PULL' }));
    append(log, '3');
    expect(nameOf((await first).value as LoggedEvent)).toBe('1');
    expect(await takeNames(follower)).toEqual(['2', '3']);
  });

  it('is told of RESYNCED past its filter, but not of other engines', async () => {
    const log = createImageEventLog();
    const follower = follow(log, { matches: () => false });
    log.append(record('x', { action: 'RESYNCED', reference: null }));
    log.append(record('y', { action: 'RESYNCED', reference: null, engine: 'b' }));
    expect(await takeNames(follower)).toEqual(['RESYNCED a']);
  });

  it('answers several questions for the next event in their order', async () => {
    const log = createImageEventLog();
    const follower = follow(log);
    const asked = [follower.next(), follower.next()];
    append(log, '1', '2');
    const results = await Promise.all(asked);
    expect(results.map(({ value }) => nameOf(value as LoggedEvent))).toEqual(['1', '2']);
  });

  it.each<[string, (f: AsyncIterableIterator<LoggedEvent>, a: AbortController) => unknown]>([
    ['returns', (follower) => follower.return?.()],
    ['throws', (follower) => follower.throw?.(new Error('x')).catch(() => {})],
    ['is aborted', (_, controller) => controller.abort()],
  ])('that %s is forgotten at once, and its open question ends', async (_, leave) => {
    const log = createImageEventLog();
    const controller = new AbortController();
    const follower = follow(log, { signal: controller.signal });
    const open = follower.next();
    expect(log.followers).toBe(1);
    await leave(follower, controller);
    expect(log.followers).toBe(0);
    expect(await open).toEqual({ value: undefined, done: true });
    append(log, 'later');
    expect(await follower.next()).toEqual({ value: undefined, done: true });
  });

  it('whose client had left before it came never counts', () => {
    const log = createImageEventLog();
    follow(log, { signal: AbortSignal.abort() });
    expect(log.followers).toBe(0);
  });
});

describe('after a cursor', () => {
  it('what is remembered comes again, through the filter, and then what happens', async () => {
    const log = createImageEventLog();
    append(log, '1', '2', '3', '4');
    const after = log.recent()[1]?.position ?? 0;
    const follower = follow(log, { after, matches: ({ reference }) => reference !== '3' });
    append(log, '5');
    expect(await takeNames(follower)).toEqual(['4', '5']);
  });

  it('more comes again than may wait', async () => {
    const log = createImageEventLog();
    append(log, ...numbers(1, 1_000));
    expect(await takeNames(follow(log, { after: 0 }))).toEqual(numbers(1, 1_000));
  });

  it('of which something is forgotten, each engine is told so first', async () => {
    const log = createImageEventLog({ remembered: 3 });
    append(log, ...numbers(1, 10));
    const engines = new Set(['a', 'b']);
    const gone = await takeNames(follow(log, { after: 6, engines }));
    expect(gone).toEqual(['RESYNCED a', 'RESYNCED b', '8', '9', '10']);
    expect(await takeNames(follow(log, { after: 7, engines }))).toEqual(['8', '9', '10']);
  });

  it('of an earlier run, each engine is told so first', async () => {
    const earlier = createImageEventLog();
    append(earlier, '1', '2');
    const cursor = earlier.cursorOf(earlier.recent()[1] as LoggedEvent);
    const log = createImageEventLog();
    const after = log.positionOf(cursor);
    expect(after).toBe(BEFORE_ALL);
    expect(await takeNames(follow(log, { after }))).toEqual(['RESYNCED a']);
    append(log, 'new');
    expect(await takeNames(follow(log, { after }))).toEqual(['RESYNCED a', 'new']);
  });

  it('of a RESYNCED that was not the last, the gap is met again', async () => {
    const log = createImageEventLog({ remembered: 2 });
    append(log, '1', '2', '3', '4');
    const engines = new Set(['a', 'b']);
    const [first, last] = await take(follow(log, { after: 0, engines }));
    const after = (event: LoggedEvent | undefined) => log.positionOf(log.cursorOf(event as never));
    expect(await takeNames(follow(log, { after: after(first), engines }))).toEqual([
      'RESYNCED a',
      'RESYNCED b',
      '3',
      '4',
    ]);
    expect(await takeNames(follow(log, { after: after(last), engines }))).toEqual(['3', '4']);
  });
});

describe('a slow follower', () => {
  it('is left 256 events, then RESYNCED for each engine in the place of them', async () => {
    const log = createImageEventLog();
    const engines = new Set(['a', 'b']);
    const [slow, slower] = [follow(log, { engines }), follow(log, { engines })];
    append(log, ...numbers(1, 256));
    expect(await takeNames(slow)).toEqual(numbers(1, 256));
    append(log, '257');
    const told = await take(slower);
    expect(told.map(nameOf)).toEqual(['RESYNCED a', 'RESYNCED b']);
    append(log, '258');
    const after = log.positionOf(log.cursorOf(told.at(-1) as LoggedEvent));
    expect(await takeNames(follow(log, { after }))).toEqual(['258']);
  });

  it('F30 takes nothing from the others, who miss none of 50,000', async () => {
    const log = createImageEventLog();
    const never = follow(log);
    const seen: string[] = [];
    const fast = follow(log);
    const reading = (async () => {
      for await (const event of fast) seen.push(nameOf(event));
    })();
    for (let from = 1; from <= 50_000; from += 100) {
      append(log, ...numbers(from, from + 99));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await fast.return?.();
    await reading;
    expect(seen).toEqual(numbers(1, 50_000));
    expect((await takeNames(never)).length).toBeLessThanOrEqual(257);
  });

  it('that falls behind while it is told again is told of one gap', async () => {
    const log = createImageEventLog();
    append(log, ...numbers(1, 10));
    const follower = follow(log, { after: 0 });
    append(log, ...numbers(11, 300));
    expect(await takeNames(follower)).toEqual(['RESYNCED a', ...numbers(268, 300)]);
  });
});

describe('the memory', () => {
  it('is bounded, and oldest first', () => {
    const log = createImageEventLog({ remembered: 4 });
    append(log, ...numbers(1, 11));
    expect(log.recent().map(nameOf)).toEqual(numbers(8, 11));
  });

  it.each(['', 'x', 'Z'.repeat(4_000), Buffer.from('a:1').toString('base64url'), '🐳'])(
    'takes %j for no cursor',
    (cursor) => expect(createImageEventLog().positionOf(cursor)).toBeNull(),
  );

  it('takes no cursor of what has not happened', () => {
    const log = createImageEventLog();
    append(log, '1');
    const [event] = log.recent() as [LoggedEvent];
    expect(log.positionOf(log.cursorOf(event))).toBe(1);
    expect(log.positionOf(log.cursorOf({ ...event, position: 2 }))).toBeNull();
  });
});

describe('closing', () => {
  it('ends those who follow and those to come, whatever waits', async () => {
    const log = createImageEventLog();
    const [waiting, behind] = [follow(log), follow(log)];
    const open = waiting.next();
    append(log, '1', '2');
    await open;
    log.close();
    expect(log.followers).toBe(0);
    expect((await behind.next()).done).toBe(true);
    expect((await follow(log).next()).done).toBe(true);
  });
});

type Step = { readonly append: number } | { readonly read: number } | 'reconnect';
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ append: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ read: fc.integer({ min: 1, max: 300 }) }),
    fc.constant('reconnect' as const),
  ),
  { maxLength: 20 },
);

/** Follows numbered events as told, from one cursor to the next, and checks that each is told or covered. */
async function walk(path: readonly Step[]): Promise<{ happened: number; known: number }> {
  const log = createImageEventLog({ remembered: 400 });
  const state = { happened: 0, known: 0, after: 0, follower: follow(log, { after: 0 }) };
  const read = async (count: number) => {
    for (let at = 0; at < count && state.known < state.happened; at++) {
      const event = (await state.follower.next()).value as LoggedEvent;
      state.after = log.positionOf(log.cursorOf(event)) ?? Number.NaN;
      if (event.action === 'RESYNCED') state.known = event.position;
      else expect(Number(event.reference)).toBe(++state.known);
    }
  };
  for (const step of path) {
    if (step === 'reconnect') {
      await state.follower.return?.();
      state.follower = follow(log, { after: state.after });
    } else if ('append' in step) {
      append(log, ...numbers(state.happened + 1, state.happened + step.append));
      state.happened += step.append;
    } else await read(step.read);
  }
  await read(Number.POSITIVE_INFINITY);
  return state;
}

it('whoever goes on from the last cursor, whenever it left, misses nothing that it is not told of', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (path) => {
      const { happened, known } = await walk(path);
      expect(known).toBe(happened);
    }),
    { numRuns: 200 },
  );
});
