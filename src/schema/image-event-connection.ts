import type { Context } from '../context.ts';
import { type Page, type PageArgs, pageSize } from '../keyset.ts';
import type { LoggedEvent } from '../image-index/image-event-log.ts';
import { type RecentEventsQuestion, selectRecentEvents } from '../loaders/image-events.ts';
import { builder } from './builder.ts';
import type { PageInfo } from './pagination.ts';

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

/** One page of what is remembered, newest first. @param before a position @throws PublicError */
export async function askForRecentEvents(
  context: Context,
  question: RecentEventsQuestion,
  before: number | null,
  page: PageArgs,
): Promise<Page<LoggedEvent>> {
  const { events, loaders, limits } = context;
  const size = pageSize(page, limits);
  const recent = events.recent();
  context.examine(recent.length * Math.max(1, question.filter.references?.length ?? 0));
  const found = await selectRecentEvents(loaders, recent, question);
  const first = found.findIndex(({ position }) => before === null || position < before);
  const start = first < 0 ? found.length : first;
  const nodes = found.slice(start, start + size);
  context.spend(nodes.length);
  return {
    nodes,
    cursorOf: events.cursorOf,
    hasNextPage: start + size < found.length,
    hasPreviousPage: start > 0,
  };
}
