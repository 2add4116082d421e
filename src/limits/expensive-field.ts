import type { GraphQLField } from 'graphql';

/** Extensions of a field of the schema that asks a registry, or has the engine add up what its disk holds. */
export const EXPENSIVE = { isExpensive: true };

/** Whether a field is marked as EXPENSIVE. */
export function isExpensive({ extensions }: GraphQLField<unknown, unknown>): boolean {
  return extensions['isExpensive'] === true;
}
