import type { Context } from '../context.ts';
import type { Container } from '../image-index/container-view.ts';
import type { PageArgs } from '../keyset.ts';
import { type Connection, connect } from './pagination.ts';

const NEWEST_FIRST = { name: 'containers', descending: [true, false] };

/** One page of containers, newest first. @throws PublicError */
export function connectContainers(
  context: Context,
  containers: readonly Container[],
  args: PageArgs,
): Connection<Container> {
  const sorted = [...containers].sort(
    (a, b) => (b.row.created ?? 0) - (a.row.created ?? 0) || (a.row.id < b.row.id ? -1 : 1),
  );
  return connect(context, sorted, ({ row }) => [row.created ?? 0, row.id], NEWEST_FIRST, args);
}
