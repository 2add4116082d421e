import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';

const read = (path: string) => buildSchema(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** CONTRIBUTING.md: released.graphql is schema.graphql as it was in the last release. */
async function breakingChanges(before: string, after: string): Promise<string[]> {
  const changes = await diff(read(before), read(after));
  const breaking = changes.filter(
    ({ criticality }) => criticality.level === CriticalityLevel.Breaking,
  );
  return breaking.map(({ message }) => message);
}

it('nothing that clients of the last release use is gone or different', async () => {
  expect(await breakingChanges('released.graphql', '../../schema.graphql')).toEqual([]);
});

it('what would break clients is found', async () => {
  expect(await breakingChanges('../../schema.graphql', '../contract.graphql')).not.toEqual([]);
});
