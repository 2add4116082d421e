import type { FieldNode } from 'graphql';

/** How much of JSON a value of a leaf type is at least: what is escaped in it is longer. */
export function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length + '""'.length : 1;
}

/**
 * How much an object is besides the values of its fields: braces, names, colons and commas, and its type's name wherever
 * that is selected.
 * @param fields by response key
 */
export function frameLength(
  typename: string,
  fields: ReadonlyMap<string, readonly FieldNode[]>,
): number {
  let characters = '{}'.length;
  for (const [key, [node]] of fields) {
    characters += key.length + '"":,'.length;
    if (node?.name.value === '__typename') characters += lengthOf(typename);
  }
  return characters;
}
