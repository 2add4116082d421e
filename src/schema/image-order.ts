import { PublicError } from '../errors.ts';
import type { ImageOrder as Order } from '../image-index/image-order.ts';
import { builder } from './builder.ts';

/** More fields than there are to order by would only repeat one. */
const MAX_ORDERS = 6;

const ImageOrderField = builder.enumType('ImageOrderField', {
  description: 'What images are ordered by. NAME is the first tag in canonical spelling.',
  values: {
    CREATED: { description: 'created.' },
    SIZE: { description: 'size.' },
    NAME: { description: 'The first tag in canonical spelling; untagged images come last.' },
    SHARED_SIZE: { description: 'sharedSize; costs one more engine call.' },
    UNIQUE_SIZE: { description: 'uniqueSize; costs one more engine call.' },
    CONTAINERS: { description: 'containers.' },
  } as const,
});

const ImageOrderDirection = builder.enumType('ImageOrderDirection', {
  description: 'Which way. What is unknown comes last in both.',
  values: {
    ASC: { description: 'Smallest, oldest, or alphabetically first at the start.' },
    DESC: { description: 'Largest, newest, or alphabetically last at the start.' },
  } as const,
});

/** GraphQL input ImageOrder. */
export const ImageOrder = builder.inputType('ImageOrder', {
  description:
    'One criterion of an order; the next one decides among equals, in the end imageId and engine.',
  fields: (t) => ({
    field: t.field({ type: ImageOrderField, required: true, description: 'What to compare.' }),
    direction: t.field({
      type: ImageOrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'Which way.',
    }),
  }),
});

/** @throws PublicError BAD_USER_INPUT */
export function toImageOrders(orders: readonly Order[] | null | undefined): readonly Order[] {
  if (orders == null) return [];
  if (orders.length <= MAX_ORDERS) return orders;
  throw new PublicError('BAD_USER_INPUT', 'Order by 6 criteria at most.');
}
