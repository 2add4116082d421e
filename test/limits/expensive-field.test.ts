import { getNamedType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { isExpensive } from '../../src/limits/expensive-field.ts';
import { createSubgraph } from '../../src/schema/subgraph.ts';

/** What takes a question to a registry, or a sum over an engine's disk. */
const COSTLY = new Set(['UpdateCheck', 'RegistryImage', 'ImageDiskUsage', 'PrunePreview']);

it('every field that asks a registry, or for disk usage, is marked, and no other is', () => {
  const { schema } = createSubgraph();
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.values(type.getFields()).map((field) => ({
          name: `${type.name}.${field.name}`,
          field,
        }))
      : [],
  );
  const namesOf = (chosen: typeof fields) => chosen.map(({ name }) => name).sort();
  const marked = fields.filter(({ field }) => isExpensive(field));
  const leading = fields.filter(({ field }) => COSTLY.has(getNamedType(field.type).name));
  expect(namesOf(marked)).toEqual(namesOf(leading));
  expect(marked.length).toBe(7);
});
