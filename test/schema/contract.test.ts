import { readFileSync } from 'node:fs';
import {
  type GraphQLObjectType,
  buildSchema,
  findBreakingChanges,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isEnumType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the schema', () => {
  it('does not break the contract', () => {
    const changes = findBreakingChanges(buildSchema(read('../contract.graphql')), schema);
    expect(changes).toEqual([]);
  });

  it('is what schema.graphql says', () => {
    const printed = printSchema(lexicographicSortSchema(schema));
    expect(read('../../schema.graphql')).toBe(`${printed}\n`);
  });

  it('describes every type, field, argument and enum value', () => {
    expect(undescribed()).toEqual([]);
  });

  it('says of every field that may be null when it is', () => {
    const silent = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap((type) => Object.entries((type as GraphQLObjectType).getFields()))
      .filter(
        ([, { type, description }]) => !isNonNullType(type) && !/null/i.test(description ?? ''),
      )
      .map(([name]) => name);
    expect(silent).toEqual([]);
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
