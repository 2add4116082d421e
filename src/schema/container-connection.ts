import type { Context } from '../context.ts';
import type { Container, ContainerView } from '../image-index/container-view.ts';
import { ASCENDING_TEXT, checkPageArgs, type Ordering, type PageArgs } from '../keyset.ts';
import { type Connection, connect } from './pagination.ts';

const NEWEST_FIRST: Ordering = {
  name: 'containers',
  parts: [{ type: 'number', nullable: false, descending: true }, ASCENDING_TEXT],
};

/** One page of an engine's containers, newest first. @throws PublicError, EngineError */
export async function askForContainers(
  context: Context,
  engine: string,
  args: PageArgs,
  select: (view: ContainerView) => readonly Container[],
): Promise<Connection<Container>> {
  checkPageArgs(NEWEST_FIRST, args);
  const containers = select(await context.loaders.containers.load(engine));
  const sorted = [...containers].sort(
    (a, b) => (b.row.created ?? 0) - (a.row.created ?? 0) || (a.row.id < b.row.id ? -1 : 1),
  );
  return connect(context, sorted, ({ row }) => [row.created ?? 0, row.id], NEWEST_FIRST, args);
}
