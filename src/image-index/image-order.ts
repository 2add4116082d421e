import { canonicalName } from '../engine/reference.ts';
import type { ContainerView } from './container-view.ts';
import type { Image } from './image-view.ts';

/** What images can be ordered by. */
export type ImageOrderField =
  | 'CREATED'
  | 'SIZE'
  | 'NAME'
  | 'SHARED_SIZE'
  | 'UNIQUE_SIZE'
  | 'CONTAINERS';

/** One criterion; those before it go first. */
export interface ImageOrder {
  readonly field: ImageOrderField;
  readonly direction: 'ASC' | 'DESC';
}

/** The order of lists when none is asked for. */
export const NEWEST_FIRST: readonly ImageOrder[] = [{ field: 'CREATED', direction: 'DESC' }];

/** Without the criteria that decide nothing, because one before them has compared the same. */
export function withoutRepetitions(orders: readonly ImageOrder[]): readonly ImageOrder[] {
  return orders.filter(
    ({ field }, at) => orders.findIndex((order) => order.field === field) === at,
  );
}

/** What some orderings need beyond the list, for one engine; null where it was not asked for. */
export interface OrderSources {
  readonly containers: ContainerView | null;
  readonly sharedSizes: ReadonlyMap<string, number | null> | null;
}

/** Whether an order needs the list of containers. */
export function ordersByContainers(orders: readonly ImageOrder[]): boolean {
  return orders.some(({ field }) => field === 'CONTAINERS');
}

/** Whether an order needs shared sizes, which cost the engine a call of their own. */
export function ordersBySharedSize(orders: readonly ImageOrder[]): boolean {
  return orders.some(({ field }) => field === 'SHARED_SIZE' || field === 'UNIQUE_SIZE');
}

/** The value that an ordering compares; null, which sorts last, where it is unknown. */
export function sortValue(
  image: Image,
  field: ImageOrderField,
  { containers, sharedSizes }: OrderSources,
): string | number | null {
  const sharedSize = sharedSizes?.get(image.row.id) ?? null;
  const values: Record<ImageOrderField, () => string | number | null> = {
    CREATED: () => image.row.created,
    SIZE: () => image.row.size,
    NAME: () => firstName(image),
    SHARED_SIZE: () => sharedSize,
    UNIQUE_SIZE: () => (sharedSize === null ? null : Math.max(0, image.row.size - sharedSize)),
    CONTAINERS: () => (containers === null ? null : containers.usersOf(image).length),
  };
  return values[field]();
}

/** The first tag in canonical spelling. */
function firstName(image: Image): string | null {
  const names = image.tags.map(({ reference, name }) =>
    name === null ? reference : `${canonicalName(name.domain, name.path)}:${name.tag ?? ''}`,
  );
  return names.sort()[0] ?? null;
}
