import type { GraphQLObjectType } from 'graphql';
import { type Column, columnOf } from './execution.ts';
import type { Assemble } from './selection.ts';

/** For fewer objects at a time, compiling costs more than it saves. */
const MANY = 32;

/** @param columns in the order of the keys */
type MakeObjects = (columns: readonly Column[], count: number) => Column;

/** Writes nothing. */
type Fill = (columns: ReadonlyMap<string, Column>, count: number) => Column;

/** The objects of the answer. */
export function assembly({ name }: GraphQLObjectType, keys: readonly string[]): Fill {
  const fill = filling(name, keys);
  let make: MakeObjects | null | undefined;
  return (columns, count) => {
    if (count < MANY) return fill(columns, count);
    make ??= compileLiteral(keys);
    if (make === null) return fill(columns, count);
    const inOrder = keys.map((key) => columns.get(key) ?? columnOf(count).fill(name));
    return make(inOrder, count);
  };
}

/** Makes each object in its shape before it is filled, which is faster than to let it grow. */
function filling(typename: string, keys: readonly string[]): Fill {
  // Where no column fills it in, a key is that of __typename.
  const template = Object.fromEntries(keys.map((key) => [key, typename]));
  return (columns, count) => {
    const objects = columnOf(count) as Record<string, unknown>[];
    for (let at = 0; at < count; at++) objects[at] = { ...template };
    for (const [key, column] of columns) {
      for (let at = 0; at < count; at++) (objects[at] as Record<string, unknown>)[key] = column[at];
    }
    return objects;
  };
}

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

/**
 * Code for an object literal of these keys, several times faster than stores by names that come out of
 * data. Nothing of a query becomes code but names by the grammar of GraphQL, and they are checked here.
 * @returns null where the process may not make code of text (node --disallow-code-generation-from-strings)
 */
function compileLiteral(keys: readonly string[]): MakeObjects | null {
  if (!keys.every((key) => NAME.test(key))) return null;
  const parameters = keys.map((_, place) => `c${place}`);
  const members = keys.map((key, place) => `"${key}": c${place}[at]`);
  const body = `
    const [${parameters.join()}] = columns, objects = [];
    objects.length = count;
    for (let at = 0; at < count; at++) objects[at] = { ${members.join()} };
    return objects;`;
  try {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
    return new Function('columns', 'count', body) as MakeObjects;
  } catch {
    return null;
  }
}

/** The same objects as JSON, of columns of JSON, which is counted already: only what comes to it is. */
export function jsonAssembly({ name }: GraphQLObjectType, keys: readonly string[]): Assemble {
  const typename = JSON.stringify(name);
  return (columns, count, size) => {
    const objects = columnOf(count);
    for (let at = 0; at < count; at++) {
      // Concatenated, since a join would copy a long list for every object that it is in.
      let members = '';
      let counted = 0;
      for (const key of keys) {
        const value = columns.get(key)?.[at] as string | undefined;
        counted += value?.length ?? 0;
        members += `${members === '' ? '' : ','}"${key}":${value ?? typename}`;
      }
      const object = `{${members}}`;
      size.wrote(object.length - counted);
      objects[at] = object;
    }
    return objects;
  };
}
