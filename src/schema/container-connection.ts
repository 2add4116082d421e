import type { Context } from '../context.ts';
import type { Container, ContainerView } from '../image-index/container-view.ts';
import { after, type Eventual } from '../eventual.ts';
import {
  ASCENDING_TEXT,
  checkPageArgs,
  type Key,
  type Ordering,
  type PageArgs,
} from '../keyset.ts';
import { type Connection, connect } from './pagination.ts';

const NEWEST_FIRST: Ordering = {
  name: 'containers',
  parts: [{ type: 'number', nullable: false, descending: true }, ASCENDING_TEXT],
};

/** One page of an engine's containers, newest first. @throws PublicError, EngineError */
export function askForContainers(
  context: Context,
  engine: string,
  args: PageArgs,
  select: (view: ContainerView) => readonly Container[],
): Eventual<Connection<Container>> {
  checkPageArgs(NEWEST_FIRST, args, context.limits);
  return after(context.loaders.containers.get(engine), (view) => {
    const selected = select(view);
    context.examine(selected.length);
    return connect(context, newestFirst(selected), keyOf, NEWEST_FIRST, args);
  });
}

function newestFirst(containers: readonly Container[]): readonly Container[] {
  if (containers.length < 2) return containers;
  return containers.toSorted(
    (a, b) => (b.row.created ?? 0) - (a.row.created ?? 0) || (a.row.id < b.row.id ? -1 : 1),
  );
}

function keyOf({ row }: Container): Key {
  return [row.created ?? 0, row.id];
}
