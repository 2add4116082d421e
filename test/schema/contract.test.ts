import { readFileSync } from 'node:fs';
import {
  buildSchema,
  findBreakingChanges,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isEnumType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Parts of the contract that later releases bring, each with the type or field it is about. */
const NOT_YET = [
  /^(UpdateCheck|UpdateStatus|RegistryImage|ImageConfig|EnvironmentVariable) /,
  /^(Layer|HistoryEntry|ImageDiskUsage|PrunePreview) /,
  /^Query\.prunePreview /,
  /^Engine\.imageDiskUsage /,
  /^ImageSummary\.(config|layers|history|baseImages|derivedImages|author|comment|lastTagged) /,
  /^ImageSummary\.usedBy arg includeDerived /,
  /^ImageName\.registry /,
  /^(RepoTag|RepoDigest)\.(registry|updateCheck) /,
  /^ImageManifestSummary\.(config|layers|history) /,
];

describe('the schema', () => {
  it('breaks the contract in nothing but what later releases bring', () => {
    const changes = findBreakingChanges(buildSchema(read('../contract.graphql')), schema);
    const unexpected = changes
      .map(({ description }) => description)
      .filter((text) => !NOT_YET.some((pattern) => pattern.test(text)));
    expect(unexpected).toEqual([]);
  });

  it('is what schema.graphql says', () => {
    const printed = printSchema(lexicographicSortSchema(schema));
    expect(read('../../schema.graphql')).toBe(`${printed}\n`);
  });

  it('describes every type, field, argument and enum value', () => {
    expect(undescribed()).toEqual([]);
  });
});

function undescribed(): string[] {
  const missing: string[] = [];
  const check = (name: string, thing: { description?: string | null | undefined }) => {
    if (!thing.description?.trim()) missing.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    check(type.name, type);
    if (isEnumType(type))
      for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields()))
        check(`${type.name}.${field.name}`, field);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      check(`${type.name}.${field.name}`, field);
      for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg);
    }
  }
  return missing;
}
