import type { Context } from '../context.ts';
import { type Page, type PageArgs, pageSize } from '../keyset.ts';
import type { LoggedEvent } from '../image-index/image-event-log.ts';
import { type ImageEventFilter, matchesEvent } from '../loaders/image-events.ts';
import { builder } from './builder.ts';
import type { PageInfo } from './pagination.ts';

/** Which of the remembered events, and which page of them. */
export interface RecentEventsQuestion {
  /** Configured engine names. */
  readonly engines: readonly string[];
  readonly filter: ImageEventFilter;
  /** Seconds since 1970. */
  readonly since: number | null;
  /** Older than this position. */
  readonly before: number | null;
  readonly page: PageArgs;
}

builder.objectType('ImageEventConnection', {
  description: 'One page of image events, the newest first.',
  fields: (t) => ({
    edges: t.field({
      type: ['ImageEventEdge'],
      description: 'The events of this page with their cursors.',
      resolve: (page) => page.nodes.map((node) => ({ node, page })),
    }),
    nodes: t.field({
      type: ['ImageEvent'],
      description: 'The events of this page.',
      resolve: ({ nodes }) => [...nodes],
    }),
    pageInfo: t.field({
      type: 'PageInfo',
      description: 'Where this page stands in what is remembered.',
      resolve: (page) => page as unknown as PageInfo,
    }),
  }),
});

builder.objectType('ImageEventEdge', {
  description: 'An event of a page of image events.',
  fields: (t) => ({
    cursor: t.string({
      description: 'The cursor of the event itself: as ImageEvent.cursor.',
      resolve: ({ page, node }) => page.cursorOf(node),
    }),
    node: t.field({
      type: 'ImageEvent',
      description: 'The event.',
      resolve: ({ node }) => node,
    }),
  }),
});

/** One page of what is remembered, newest first, by position. @throws PublicError */
export async function askForRecentEvents(
  context: Context,
  { engines, filter, since, before, page }: RecentEventsQuestion,
): Promise<Page<LoggedEvent>> {
  const { events, loaders } = context;
  const size = pageSize(page);
  const isAsked = ({ engine, time }: LoggedEvent) =>
    engines.includes(engine) &&
    // In milliseconds, which an event shows its time in.
    (since === null || Number(time / 1_000_000n) >= Math.round(since * 1_000));
  const asked = events.recent().filter(isAsked);
  const matches = await Promise.all(asked.map((event) => matchesEvent(loaders, filter, event)));
  const found = asked.filter((_, at) => matches[at]).reverse();
  const start = found.findIndex(({ position }) => before === null || position < before);
  const nodes = start < 0 ? [] : found.slice(start, start + size);
  context.spend(nodes.length);
  return {
    nodes,
    cursorOf: events.cursorOf,
    hasNextPage: start >= 0 && start + size < found.length,
    hasPreviousPage: start < 0 ? found.length > 0 : start > 0,
  };
}
