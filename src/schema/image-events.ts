import type { ArgBuilder, InputShapeFromFields } from '@pothos/core';
import type { Context } from '../context.ts';
import { PublicError } from '../errors.ts';
import type { LoggedEvent } from '../image-index/image-event-log.ts';
import {
  type ImageEventFilter as Filter,
  isOfAction,
  matchesEvent,
} from '../loaders/image-events.ts';
import { beyond } from '../limits/limits.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { namedEngines } from './engine.ts';
import { askForRecentEvents } from './image-event-connection.ts';
import { ImageEventFilter, toImageEventFilter } from './image-event-filter.ts';
import { forwardArgs } from './pagination.ts';

const RETRY_LATER = { 'retry-after': '10' };

const eventArgs = (arg: ArgBuilder<SchemaTypes>) => ({
  filter: arg({
    type: ImageEventFilter,
    description: 'Only events that match; all when left out.',
  }),
  engines: arg.stringList({
    description:
      'Engines by configured name: all when left out, none when empty; ENGINE_UNKNOWN when one is not configured.',
  }),
});

builder.queryField('recentImageEvents', (t) =>
  t.field({
    type: 'ImageEventConnection',
    nullable: true,
    description:
      'Image events that are remembered (4,096 of all engines, since the gateway was started), the newest first. Null, with an error, where no engine that is asked is followed by a live index.',
    args: {
      ...forwardArgs(t.arg),
      since: t.arg({
        type: 'DateTime',
        description: 'Events of this time or later, by their time.',
      }),
      ...eventArgs(t.arg),
    },
    resolve(_, { first, after, since, ...args }, context) {
      // An event is told after the change that it is about, which is all that an index counts.
      context.doNotCache();
      const question = { ...toQuestion(context, args), since: since ?? null };
      return askForRecentEvents(context, question, toPosition(context, after), { first });
    },
  }),
);

builder.subscriptionField('imageEvents', (t) =>
  t.field({
    type: 'ImageEvent',
    description:
      'Image events as they happen, on every engine or on those named. afterCursor first repeats what was missed; a RESYNCED event, which no filter holds back, says that some could not be repeated, or that more than 256 were waiting for a slow reader. Fails where no engine that is asked is followed by a live index.',
    args: {
      ...eventArgs(t.arg),
      afterCursor: t.arg.string({
        description:
          'The cursor of the last event that was seen; only what happens from now on when left out.',
      }),
    },
    subscribe: (_, { afterCursor, ...args }, context) =>
      followEvents(context, toQuestion(context, args), toPosition(context, afterCursor)),
    resolve(event, _args, context) {
      context.renew();
      return event;
    },
  }),
);

/** Which events, of which engines. */
interface Question {
  readonly engines: readonly string[];
  readonly filter: Filter;
}

function toQuestion(
  context: Context,
  { engines, filter }: InputShapeFromFields<ReturnType<typeof eventArgs>>,
): Question {
  return { engines: enginesWithEvents(context, engines), filter: toImageEventFilter(filter) };
}

/** Those of the asked engines whose index tells events. @throws PublicError when none does */
function enginesWithEvents(
  { indexes }: Context,
  given: readonly string[] | null | undefined,
): readonly string[] {
  const asked = namedEngines(indexes, given);
  const followed = asked.filter((name) => indexes.get(name)?.state().mode !== 'OFF');
  if (asked.length > 0 && followed.length === 0) {
    throw new PublicError(
      'UNSUPPORTED_BY_ENGINE',
      'Image events need a live index, and no engine that was asked is followed by one.',
    );
  }
  return followed;
}

/** @throws PublicError BAD_USER_INPUT */
function toPosition({ events }: Context, cursor: string | null | undefined): number | null {
  if (cursor == null) return null;
  const position = events.positionOf(cursor);
  if (position === null) {
    throw new PublicError('BAD_USER_INPUT', 'Not a cursor of an image event.');
  }
  return position;
}

/** @throws PublicError SUBSCRIPTION_LIMIT */
function followEvents(
  context: Context,
  { engines, filter }: Question,
  after: number | null,
): AsyncIterableIterator<LoggedEvent> {
  checkSubscriptions(context);
  const followed = context.events.follow({
    after,
    engines: new Set(engines),
    matches: (event) => isOfAction(filter, event),
    client: context.client,
    signal: context.signal,
  });
  if (filter.references === null) return followed;
  // Names of images may have to be read, and whoever appends to the log cannot wait for that.
  return select(followed, (event) => {
    context.renew();
    return matchesEvent(context.loaders, filter, event);
  });
}

/** @throws PublicError SUBSCRIPTION_LIMIT */
function checkSubscriptions({ events, client, limits }: Context): void {
  if (client !== null && events.followersOf(client) >= limits.clientSubscriptions) {
    const http = { status: 429, headers: RETRY_LATER };
    throw beyond('clientSubscriptions', limits, { http });
  }
  if (events.followers >= limits.subscriptions) {
    const http = { status: 503, headers: RETRY_LATER };
    throw beyond('subscriptions', limits, { http });
  }
}

/** Written out, because return() of an async generator waits for the event that it was going to yield. */
function select<Item>(
  items: AsyncIterableIterator<Item>,
  matches: (item: Item) => Promise<boolean>,
): AsyncIterableIterator<Item> {
  const selected: AsyncIterableIterator<Item> = {
    async next() {
      try {
        for (;;) {
          const result = await items.next();
          if (result.done === true || (await matches(result.value))) return result;
        }
      } catch (error) {
        await items.return?.();
        throw error;
      }
    },
    return: async () => (await items.return?.()) ?? { value: undefined, done: true },
    [Symbol.asyncIterator]: () => selected,
  };
  return selected;
}
